using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ComplianceGrid.Status;
using ComplianceGrid.Storage.GrainState;

namespace ComplianceGrid.Policies;

public sealed record PolicyState : ICommittedState
{
    /// <summary>How many earlier versions are listed; all of them are in the audit log.</summary>
    public const int HistoryLength = 50;

    public PolicyVersion? InForce { get; init; }
    public ImmutableArray<PolicyHistoryEntry> History { get; init; } = [];
    public long Revision { get; init; }
    public ComplianceStatus? Recorded { get; init; }

    [JsonIgnore] public StateCommit Commit { get; init; } = StateCommit.None;
}
