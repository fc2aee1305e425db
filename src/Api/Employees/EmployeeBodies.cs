using System.Collections.Immutable;
using System.ComponentModel;
using ComplianceGrid.Api.Http;
using ComplianceGrid.Employees;
using ComplianceGrid.Status;

namespace ComplianceGrid.Api.Employees;

/// <summary>Who the person is, and where and as what they work.</summary>
internal record EmployeeBody
{
    [Description("The employer's own number; unique within the tenant.")]
    public required string EmployeeNumber { get; init; }
    public required string GivenName { get; init; }
    public required string FamilyName { get; init; }
    public DateOnly? DateOfBirth { get; init; }
    [Description("Where a vendor invites the person.")]
    public string? Email { get; init; }
    public string? Phone { get; init; }
    [Description("Code of one of the policy's sites.")]
    public required string Site { get; init; }
    [Description("Job roles, for example driver, warehouse. At most 32.")]
    public required string[] Roles { get; init; }
    [Description("DOT agencies whose testing rules cover the person (49 CFR 40.3).")]
    public DotMode[]? DotModes { get; init; }
    public required DateOnly HiredOn { get; init; }
    [Description("IANA zone of a driver's home terminal (49 CFR 395.8); absent: the site's.")]
    public string? HomeTerminalTimeZone { get; init; }

    public EmployeeProfile ToProfile() => new()
    {
        EmployeeNumber = EmployeeNumber,
        GivenName = GivenName,
        FamilyName = FamilyName,
        DateOfBirth = DateOfBirth,
        Email = Email,
        Phone = Phone,
        Site = Site,
        Roles = [.. Roles],
        DotModes = [.. DotModes ?? []],
        HiredOn = HiredOn,
        HomeTerminalTimeZone = HomeTerminalTimeZone,
    };
}

/// <summary>A hire. With an id of the caller's making, or with an Idempotency-Key, a retry creates nothing twice.</summary>
internal sealed record HireBody : EmployeeBody
{
    [Description("A UUID of the caller's making; absent: derived from the Idempotency-Key, else a new UUIDv7.")]
    public Guid? Id { get; init; }
}

/// <summary>An approver's leave to work without one of the company's own requirements until a day.</summary>
internal sealed record WaiverBody
{
    [Description("Code of a requirement that the policy marks waivable.")]
    public required string Requirement { get; init; }
    [Description("Who asked for it; the approver is the caller, and must be another person.")]
    public required string RequestedBy { get; init; }
    [Description("Last day of the waiver; absent: it is withdrawn.")]
    public DateOnly? Until { get; init; }
}

internal sealed record EmployeeAnswer
{
    public required Guid Id { get; init; }
    public required string EmployeeNumber { get; init; }
    public required string GivenName { get; init; }
    public required string FamilyName { get; init; }
    [Description("Present for callers with employees:personal.")]
    public DateOnly? DateOfBirth { get; init; }
    [Description("Present for callers with employees:personal.")]
    public string? Email { get; init; }
    [Description("Present for callers with employees:personal.")]
    public string? Phone { get; init; }
    public required string Site { get; init; }
    public required ImmutableArray<string> Roles { get; init; }
    public required ImmutableArray<DotMode> DotModes { get; init; }
    public required DateOnly HiredOn { get; init; }
    public string? HomeTerminalTimeZone { get; init; }
    [Description("Last day of employment; absent while employed.")]
    public DateOnly? EmploymentEndedOn { get; init; }
    public required ComplianceStatus Status { get; init; }
    [Description("Every requirement that is not green, worst first; one referral stands for all that the caller may not read.")]
    public required ImmutableArray<ReasonAnswer> Reasons { get; init; }
    [Description("The next instant at which anything in this answer changes if no fact does.")]
    public DateTimeOffset? NextTransitionAt { get; init; }
    public ComplianceStatus? NextStatus { get; init; }
    public required int PolicyVersion { get; init; }
    public required ImmutableArray<WaiverAnswer> Waivers { get; init; }
    [Description("Grows by one with every saved change; the ETag begins with it.")]
    public required long Revision { get; init; }
}

internal sealed record WaiverAnswer(string Requirement, string RequestedBy, string ApprovedBy, DateOnly? Until);

/// <summary>One row of the list.</summary>
internal sealed record EmployeeItem
{
    public required Guid Id { get; init; }
    public required string EmployeeNumber { get; init; }
    public required string GivenName { get; init; }
    public required string FamilyName { get; init; }
    public required string Site { get; init; }
    public required ImmutableArray<string> Roles { get; init; }
    public required DateOnly HiredOn { get; init; }
    public DateOnly? EmploymentEndedOn { get; init; }
    public required ComplianceStatus Status { get; init; }
    [Description("As in the single record; absent for the short while after a moment at which time alone changed them.")]
    public ImmutableArray<ReasonAnswer>? Reasons { get; init; }
    [Description("When time alone will next change the colour.")]
    public DateTimeOffset? NextTransitionAt { get; init; }
    public ComplianceStatus? NextStatus { get; init; }
    public required long Revision { get; init; }
}
