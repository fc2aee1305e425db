using System.Collections.Immutable;
using ComplianceGrid.Events;
using ComplianceGrid.Status;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Employees;

/// <summary>One employee: profile, current facts, and the status computed from them. Key: <see cref="EmployeeKey"/>.</summary>
[Alias("IEmployeeGrain")]
public interface IEmployeeGrain : ITenantGrain
{
    /// <summary>Hires. Repeating the same hire returns the same record; another profile under the id is <see cref="GridError.AlreadyExists"/>.</summary>
    [Alias("Hire")] Task<EmployeeRecord> Hire(EmployeeProfile profile);

    /// <param name="expectedRevision">The revision the caller has seen, else <see cref="GridError.PreconditionFailed"/>.</param>
    [Alias("Update")] Task<EmployeeRecord> Update(EmployeeProfile profile, long expectedRevision);

    /// <summary>Ends employment on a day; the record stays for its retention period. Idempotent for the same day.</summary>
    [Alias("EndEmployment")] Task<EmployeeRecord> EndEmployment(DateOnly lastDay, long expectedRevision);

    /// <summary>Grants, or with a null date withdraws, a waiver of a <c>waivable</c> requirement (approver ≠ requester).</summary>
    [Alias("Waive")] Task<EmployeeRecord> Waive(Waiver waiver, long expectedRevision);

    /// <summary>Profile and status as of now. <see cref="GridError.NotFound"/> when never hired.</summary>
    [Alias("Get")] Task<EmployeeRecord> Get();

    /// <summary>Never throws for a missing person or policy: that is <i>prohibited</i>.</summary>
    [Alias("GetClearance")] Task<Clearance> GetClearance(string function, DateTimeOffset at);

    /// <summary>Applies one event as the stream would; the stream calls it too.</summary>
    [Alias("Apply")] Task Apply(ComplianceEvent e);

    /// <summary>Called by the sweep when a transition is due, or a newer policy is in force: evaluates, records and tells.</summary>
    [Alias("Refresh")] Task Refresh();
}

/// <summary>What the front door reads of one employee.</summary>
[GenerateSerializer, Immutable, Alias("EmployeeRecord")]
public sealed record EmployeeRecord
{
    [Id(0)] public required EmployeeKey Key { get; init; }
    [Id(1)] public required EmployeeProfile Profile { get; init; }
    [Id(2)] public required StatusAssessment Assessment { get; init; }
    /// <summary>Grows by one with every saved change: the ETag.</summary>
    [Id(3)] public required long Revision { get; init; }
    [Id(4)] public ImmutableArray<Waiver> Waivers { get; init; } = [];
}

/// <summary>An approver's leave to work without a requirement of the company's own until a day, inclusive.</summary>
[GenerateSerializer, Immutable, Alias("Waiver")]
public sealed record Waiver
{
    [Id(0)] public required string Requirement { get; init; }
    [Id(1)] public required string RequestedBy { get; init; }
    [Id(2)] public required string ApprovedBy { get; init; }
    /// <summary>Last day of the waiver; null withdraws it.</summary>
    [Id(3)] public required DateOnly? Until { get; init; }
}
