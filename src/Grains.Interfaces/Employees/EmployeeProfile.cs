using System.Collections.Immutable;

namespace ComplianceGrid.Employees;

/// <summary>Who the person is and where and as what they work. Personal: at rest only inside sealed grain state.</summary>
[GenerateSerializer, Immutable, Alias("EmployeeProfile")]
public sealed record EmployeeProfile
{
    /// <summary>The employer's own number; unique within the tenant.</summary>
    [Id(0)] public required string EmployeeNumber { get; init; }
    [Id(1)] public required string GivenName { get; init; }
    [Id(2)] public required string FamilyName { get; init; }
    [Id(3)] public DateOnly? DateOfBirth { get; init; }
    [Id(4)] public string? Email { get; init; }
    [Id(5)] public string? Phone { get; init; }
    /// <summary>Code of one of the policy's sites.</summary>
    [Id(6)] public required string Site { get; init; }
    /// <summary>Job roles, for example <c>driver</c>, <c>warehouse</c>.</summary>
    [Id(7)] public required ImmutableArray<string> Roles { get; init; }
    [Id(8)] public ImmutableArray<DotMode> DotModes { get; init; } = [];
    [Id(9)] public required DateOnly HiredOn { get; init; }
    /// <summary>IANA zone of a driver's home terminal (49 CFR 395.8); null: the site's.</summary>
    [Id(10)] public string? HomeTerminalTimeZone { get; init; }
    /// <summary>Last day of employment; null while employed. Starts the retention clock.</summary>
    [Id(11)] public DateOnly? EmploymentEndedOn { get; init; }
}

/// <summary>DOT agencies whose testing rules can cover a person (49 CFR 40.3).</summary>
public enum DotMode { Fmcsa, Faa, Fra, Fta, Phmsa, Uscg }
