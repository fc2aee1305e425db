using System.Collections.Immutable;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Storage.Identity;

/// <summary>A secret of a key, by its keyed hash.</summary>
public sealed record ApiKeySecret(byte[] Hash, DateTimeOffset GoodUntil);

/// <summary>An integration's key, as it is kept.</summary>
/// <param name="Prefix">Its public part.</param>
/// <param name="Owner">Who made or rotated it last: it may never do more than they.</param>
/// <param name="Secrets">Newest first; the others are those that it replaced, and may still be good.</param>
/// <param name="LastUsedAt">To a minute or so.</param>
public sealed record ApiKeyRow(
    Guid Id, TenantId Tenant, string Prefix, string Name, ImmutableArray<string> Permissions, Guid Owner, DateTimeOffset CreatedAt,
    ImmutableArray<ApiKeySecret> Secrets, DateTimeOffset? LastUsedAt, DateTimeOffset? RevokedAt, long Revision);

/// <summary>A key that is presented, and what its owner is in its tenant now.</summary>
/// <param name="Owner">Null: no member any more, or disabled; the key opens nothing.</param>
public sealed record PresentedApiKey(ApiKeyRow Key, Membership? Owner);
