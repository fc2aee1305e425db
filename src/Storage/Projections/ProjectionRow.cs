using System.Collections.Immutable;
using ComplianceGrid.Events;
using ComplianceGrid.Status;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Storage.Projections;

/// <summary>A row of a read model. Clear data only: keys, type, outcome code, dates, name, site.</summary>
public abstract record ProjectionRow
{
    public required TenantId Tenant { get; init; }
    public required ComplianceStatus Status { get; init; }
    public required ImmutableArray<StatusTransition> Transitions { get; init; }
    public required DateTimeOffset? NextTransitionAt { get; init; }
    public required long Revision { get; init; }
}

/// <summary><c>grid.employee</c>, and by difference <c>grid.employee_count</c>.</summary>
public sealed record EmployeeRow : ProjectionRow
{
    public required Guid EmployeeId { get; init; }
    public required string EmployeeNumber { get; init; }
    public required string GivenName { get; init; }
    public required string FamilyName { get; init; }
    public required string Site { get; init; }
    public required ImmutableArray<string> Roles { get; init; }
    public required DateOnly HiredOn { get; init; }
    public required DateOnly? EmploymentEndedOn { get; init; }
    public required ImmutableArray<StatusReason> Reasons { get; init; }
    public required int PolicyVersion { get; init; }
    public required DateTimeOffset EvaluatedAt { get; init; }
}

/// <summary><c>grid.policy</c>.</summary>
public sealed record PolicyRow : ProjectionRow
{
    public required int Version { get; init; }
    public required DateTimeOffset InForceSince { get; init; }
    public required string PublishedBy { get; init; }
    /// <summary>The policy as JSON.</summary>
    public required string Document { get; init; }
}

/// <summary><c>grid.vendor_order</c>.</summary>
public sealed record OrderRow : ProjectionRow
{
    public required Guid OrderId { get; init; }
    public required Guid EmployeeId { get; init; }
    public required string Vendor { get; init; }
    public required string Product { get; init; }
    public required string Item { get; init; }
    public required DateTimeOffset PlacedAt { get; init; }
    public required FactOutcome Outcome { get; init; }
    public required string? LastMilestone { get; init; }
    public required ImmutableArray<StatusReason> Reasons { get; init; }
}
