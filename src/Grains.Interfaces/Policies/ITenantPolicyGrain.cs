using System.Collections.Immutable;
using ComplianceGrid.Status;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Policies;

/// <summary>A tenant's policy: the version in force and its history. Key: <see cref="TenantId"/>.</summary>
[Alias("ITenantPolicyGrain")]
public interface ITenantPolicyGrain : ITenantGrain
{
    /// <summary>Puts a new version in force at once. Publishing what is already in force changes nothing.</summary>
    /// <param name="expectedVersion">The version the caller has seen (0: none), else <see cref="GridError.PreconditionFailed"/>.</param>
    [Alias("Publish")] Task<PolicyRecord> Publish(Policy policy, int expectedVersion);

    /// <summary><see cref="GridError.NoPolicy"/> when none was ever published.</summary>
    [Alias("Get")] Task<PolicyRecord> Get();

    /// <summary>The version in force, or null: what a silo's policy cache reads, once per version.</summary>
    [Alias("GetInForce")] Task<PolicyVersion?> GetInForce();

    [Alias("Refresh")] Task Refresh();
}

[GenerateSerializer, Immutable, Alias("PolicyRecord")]
public sealed record PolicyRecord
{
    [Id(0)] public required TenantId Tenant { get; init; }
    [Id(1)] public required PolicyVersion InForce { get; init; }
    [Id(2)] public required StatusAssessment Assessment { get; init; }
    /// <summary>Earlier version numbers and when each came into force, newest first.</summary>
    [Id(3)] public required ImmutableArray<PolicyHistoryEntry> History { get; init; }
}

[GenerateSerializer, Immutable, Alias("PolicyHistoryEntry")]
public sealed record PolicyHistoryEntry([property: Id(0)] int Version, [property: Id(1)] DateTimeOffset InForceSince, [property: Id(2)] string PublishedBy);
