using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using ComplianceGrid.Storage.GrainState;

namespace ComplianceGrid.Storage.Tests;

/// <summary>What a grain holds of its state.</summary>
internal sealed class TestState : IGrainState<TestValue>
{
    [AllowNull]
    public TestValue State { get; set; } = new();
    public string? ETag { get; set; }
    public bool RecordExists { get; set; }
}

internal sealed class TestValue : ICommittedState
{
    public string Value { get; set; } = "";

    [JsonIgnore]
    public StateCommit Commit { get; set; } = StateCommit.None;
}
