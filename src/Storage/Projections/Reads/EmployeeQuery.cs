using System.Collections.Immutable;
using ComplianceGrid.Status;

namespace ComplianceGrid.Storage.Projections.Reads;

public enum EmployeeSort { Name, Hired, Status }

/// <summary>One page of a tenant's employees. Null: not filtered by it.</summary>
public sealed record EmployeeQuery
{
    public ComplianceStatus? Status { get; init; }
    public string? Site { get; init; }
    /// <summary>Those that the reader may see, whatever is filtered by; null: every site.</summary>
    public IReadOnlyList<string>? Sites { get; init; }
    public string? Role { get; init; }
    /// <summary>Beginning of "family given", in any case.</summary>
    public string? NamePrefix { get; init; }
    public DateOnly? HiredFrom { get; init; }
    /// <summary>Inclusive.</summary>
    public DateOnly? HiredTo { get; init; }
    /// <summary>Whether employment has no recorded last day.</summary>
    public bool? Employed { get; init; }
    public EmployeeSort Sort { get; init; }
    public bool Descending { get; init; }
    /// <summary>The last row of the page before; null: the first page.</summary>
    public EmployeePosition? After { get; init; }
    public required int Limit { get; init; }
}

/// <summary>Where a row stands in every order that a page can have.</summary>
public sealed record EmployeePosition(string SortName, DateOnly HiredOn, ComplianceStatus Status, Guid Id);

/// <summary>What a list shows of an employee, as of the instant that it was read for.</summary>
public sealed record EmployeeListing
{
    public required Guid Id { get; init; }
    public required string EmployeeNumber { get; init; }
    public required string GivenName { get; init; }
    public required string FamilyName { get; init; }
    public required string Site { get; init; }
    public required ImmutableArray<string> Roles { get; init; }
    public required DateOnly HiredOn { get; init; }
    public required DateOnly? EmploymentEndedOn { get; init; }
    public required ComplianceStatus Status { get; init; }
    /// <summary>The next change of colour that time alone brings.</summary>
    public required StatusTransition? NextTransition { get; init; }
    /// <summary>Null when an instant has passed since the evaluation at which they may have changed.</summary>
    public required ImmutableArray<StatusReason>? Reasons { get; init; }
    public required long Revision { get; init; }
    public required EmployeePosition Position { get; init; }
}
