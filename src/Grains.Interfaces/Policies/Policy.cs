using System.Collections.Immutable;
using ComplianceGrid.Employees;
using ComplianceGrid.Status;

namespace ComplianceGrid.Policies;

/// <summary>A tenant's rules: what is asked of whom, and where they work.</summary>
[GenerateSerializer, Immutable, Alias("Policy")]
public sealed record Policy
{
    [Id(0)] public required ImmutableArray<Site> Sites { get; init; }
    [Id(1)] public required ImmutableArray<Requirement> Requirements { get; init; }
    /// <summary>IANA zone, used for a person at no known site.</summary>
    [Id(2)] public required string DefaultTimeZone { get; init; }
    /// <summary>Share of employees that must be green, 0 to 100, below which the policy's own status is amber.</summary>
    [Id(3)] public int CoverageTargetPercent { get; init; } = 95;
    /// <summary>The policy must be reviewed by this day; after it the policy's own status is amber.</summary>
    [Id(4)] public DateOnly? ReviewDueOn { get; init; }
    /// <summary>Whoever reads protected health information must say what for, in the header <c>X-Purpose-Of-Use</c>. Null: they need not.</summary>
    [Id(5)] public bool? AsksPurposeOfUse { get; init; }
    /// <summary>All members sign in by a passkey or hardware key; neither apps nor recovery codes are taken.</summary>
    [Id(6)] public bool? PasskeysOnly { get; init; }
}

/// <summary>A policy in force, and since when. Versions count from 1.</summary>
[GenerateSerializer, Immutable, Alias("PolicyVersion")]
public sealed record PolicyVersion
{
    [Id(0)] public required int Version { get; init; }
    [Id(1)] public required DateTimeOffset InForceSince { get; init; }
    [Id(2)] public required Policy Policy { get; init; }
    [Id(3)] public required string PublishedBy { get; init; }
}

[GenerateSerializer, Immutable, Alias("Site")]
public sealed record Site
{
    [Id(0)] public required string Code { get; init; }
    [Id(1)] public required string Name { get; init; }
    /// <summary>IANA zone in which days begin and end here.</summary>
    [Id(2)] public required string TimeZone { get; init; }
    /// <summary>For business-day calendars and local law, for example <c>US-TX</c>.</summary>
    [Id(3)] public string? Jurisdiction { get; init; }
}

/// <summary>Asks a compliance item of the people it applies to.</summary>
[GenerateSerializer, Immutable, Alias("Requirement")]
public sealed record Requirement
{
    /// <summary>Unique within the policy, for example <c>dot-pre-employment-drug-test</c>.</summary>
    [Id(0)] public required string Code { get; init; }
    /// <summary>As it reads in a sentence: <c>pre-employment drug test</c>.</summary>
    [Id(1)] public required string Title { get; init; }
    /// <summary>The item that satisfies it: <c>drug-test.pre-employment</c>.</summary>
    [Id(2)] public required string Item { get; init; }
    [Id(3)] public required Gate Gate { get; init; }
    /// <summary>Job roles it applies to; empty: all.</summary>
    [Id(4)] public ImmutableArray<string> Roles { get; init; } = [];
    /// <summary>DOT modes it applies to; empty: all, and people under none.</summary>
    [Id(5)] public ImmutableArray<DotMode> DotModes { get; init; } = [];
    /// <summary>Site codes it applies to; empty: all.</summary>
    [Id(6)] public ImmutableArray<string> Sites { get; init; } = [];
    /// <summary>For <see cref="Gate.ByDate"/>: days after hire by which it must be there; 0: on the day of hire.</summary>
    [Id(7)] public int DueDaysAfterHire { get; init; }
    /// <summary>
    /// Months an item is valid from its effective day when it states no last day itself; null: for ever. The same day of
    /// the month is still valid ("within the preceding 24 months", 49 CFR 391.45(b)).
    /// </summary>
    [Id(8)] public int? ValidForMonths { get; init; }
    /// <summary>Days before expiry or due day in which it is amber.</summary>
    [Id(9)] public int AmberDays { get; init; } = 30;
    /// <summary>Functions it is a condition of (<see cref="WorkFunctions"/>); empty: all work.</summary>
    [Id(10)] public ImmutableArray<string> Functions { get; init; } = [];
    [Id(11)] public string? Citation { get; init; }
    [Id(12)] public Audience Audience { get; init; } = Audience.Everyone;
    /// <summary>A company's own rule may be waived; what a regulation demands may not (then <see cref="Citation"/> is set).</summary>
    [Id(13)] public bool Waivable { get; init; }
    /// <summary>Ordered from a vendor when a person it applies to is hired; null: recorded by hand or by another module.</summary>
    [Id(14)] public OrderTemplate? Order { get; init; }
}

/// <summary>What to order, and how long the vendor may take before it is late.</summary>
[GenerateSerializer, Immutable, Alias("OrderTemplate")]
public sealed record OrderTemplate
{
    /// <summary><c>checkr</c>.</summary>
    [Id(0)] public required string Vendor { get; init; }
    /// <summary>The vendor's package or panel, for example <c>driver_pro</c>.</summary>
    [Id(1)] public required string Product { get; init; }
    [Id(2)] public int ServiceDays { get; init; } = 7;
    /// <summary>A DOT test (49 CFR 40).</summary>
    [Id(3)] public bool Dot { get; init; }
}
