using System.Text.Json;
using System.Text.Json.Serialization;

namespace ComplianceGrid.Storage.GrainState;

/// <summary>The root of a grain's stored state. A build one behind the row's writer may have it and write it back (docs/adr/0020).</summary>
public abstract record StoredState : ICommittedState
{
    [JsonIgnore] public StateCommit Commit { get; init; } = StateCommit.None;

    /// <summary>Members that a later build has added: kept, and written back. Null: there are none.</summary>
    [JsonExtensionData] public Dictionary<string, JsonElement>? Later { get; init; }
}
