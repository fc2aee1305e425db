using ComplianceGrid.Events;
using ComplianceGrid.Storage.Outbox;
using ComplianceGrid.Storage.Projections;

namespace ComplianceGrid.Storage.GrainState;

/// <summary>Grain state that <c>GridStorage</c> keeps: what it asks to be written in the same transaction as itself.</summary>
public interface ICommittedState
{
    /// <summary>Set by the grain before each write; not part of the stored state (mark it <c>[JsonIgnore]</c>).</summary>
    StateCommit Commit { get; }
}

/// <summary>Everything besides the state row that one write commits. Between "saved" and "told" nothing can be lost.</summary>
public sealed record StateCommit
{
    public static readonly StateCommit None = new();

    /// <summary>When the sweep must wake the grain; null: never.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>The policy evaluated with; the sweep wakes the grain when a newer one is in force. Null: needs none.</summary>
    public int? PolicyVersion { get; init; }

    /// <summary>The grain's row in its read model; null: none.</summary>
    public ProjectionRow? Projection { get; init; }

    /// <summary>Handed to the relays.</summary>
    public IReadOnlyList<OutboxMessage> Outbox { get; init; } = [];

    /// <summary>Appended to the event log.</summary>
    public IReadOnlyList<ComplianceEvent> Events { get; init; } = [];

    /// <summary>Event-log rows that this write has applied: closed.</summary>
    public IReadOnlyList<EventLogPosition> Applied { get; init; } = [];

    /// <summary>The session that this write ends, for the feed that every front door reads; null: none.</summary>
    public Guid? EndedSession { get; init; }
}
