using System.Collections.Immutable;
using ComplianceGrid.Employees;

namespace ComplianceGrid.Status;

/// <summary>All that a person's status is computed from, besides policy and time.</summary>
/// <param name="Profile">Null: never hired.</param>
/// <param name="Facts">In order of source key (<see cref="FactBook"/>).</param>
/// <param name="Waivers">At most one per requirement.</param>
public sealed record EmployeeFacts(EmployeeProfile? Profile, ImmutableArray<Fact> Facts, ImmutableArray<Waiver> Waivers);
