using System.Collections.Immutable;
using ComplianceGrid.Status;
using ComplianceGrid.Storage.GrainState;

namespace ComplianceGrid.Employees;

/// <summary>What today's evaluation needs of one employee; at rest it is sealed. History is in the audit log.</summary>
public sealed record EmployeeState : StoredState
{
    /// <summary>Null: never hired; facts that came before the hire are kept.</summary>
    public EmployeeProfile? Profile { get; init; }
    public ImmutableArray<Fact> Facts { get; init; } = [];
    public ImmutableArray<Waiver> Waivers { get; init; } = [];
    /// <summary>Requirements that were ordered for this person, so that none is ordered twice.</summary>
    public ImmutableArray<string> Ordered { get; init; } = [];
    /// <summary>Grows by one with each saved change.</summary>
    public long Revision { get; init; }
    /// <summary>The last status on record; a change of it is an audit entry.</summary>
    public ComplianceStatus? Recorded { get; init; }
    /// <summary>The policy version last evaluated with; 0: none was in force.</summary>
    public int PolicyVersion { get; init; }
    /// <summary>
    /// Until when what was evaluated last holds by itself, as the state row's due time has it; the end of time: for ever.
    /// Null: saved by a build that did not tell.
    /// </summary>
    public DateTimeOffset? HoldsUntil { get; init; }

    internal EmployeeFacts ToFacts() => new(Profile, Facts, Waivers);
}
