using System.Collections.Immutable;
using ComplianceGrid.Storage.GrainState;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Identity;

public sealed record AccountState : StoredState
{
    /// <summary>Those begun and not known to have ended, oldest first. Written before the session itself.</summary>
    public ImmutableArray<SessionKey> Sessions { get; init; } = [];

    /// <summary>Those that shall end, written before they do: a process that dies in between leaves the work to the next.</summary>
    public ImmutableArray<PendingEnd> Ending { get; init; } = [];
}

public sealed record PendingEnd(SessionKey Key, SessionEndReason Reason);
