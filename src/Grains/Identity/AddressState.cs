using System.Collections.Immutable;
using ComplianceGrid.Storage.GrainState;

namespace ComplianceGrid.Identity;

/// <summary>What failed from one address. Bounded: as many parts as a window has, and one.</summary>
public sealed record AddressState : StoredState
{
    public static readonly AddressState Nothing = new();

    /// <summary>Oldest first.</summary>
    public ImmutableArray<AddressFailures> Failures { get; init; } = [];
}

/// <summary>How many failed in one part of time.</summary>
/// <param name="Part">Which, since year 1: a part is a fifteenth of the window.</param>
public sealed record AddressFailures(long Part, int Count);

/// <summary>OWASP ASVS 5 §6.3.1: a brake on guessing that cannot be used to lock others out.</summary>
public sealed record AddressLimits
{
    public int Failures { get; init; } = 100;
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(15);
}
