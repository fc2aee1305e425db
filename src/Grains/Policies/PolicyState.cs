using System.Collections.Immutable;
using ComplianceGrid.Status;
using ComplianceGrid.Storage.GrainState;

namespace ComplianceGrid.Policies;

public sealed record PolicyState : StoredState
{
    /// <summary>How many earlier versions are listed; all of them are in the audit log.</summary>
    public const int HistoryLength = 50;

    public PolicyVersion? InForce { get; init; }
    public ImmutableArray<PolicyHistoryEntry> History { get; init; } = [];
    public long Revision { get; init; }
    public ComplianceStatus? Recorded { get; init; }
}
