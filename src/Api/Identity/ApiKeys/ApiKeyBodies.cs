using System.Collections.Immutable;
using System.ComponentModel;
using ComplianceGrid.Storage.Identity;

namespace ComplianceGrid.Api.Identity.ApiKeys;

internal sealed record ApiKeyBody
{
    [Description("What the key is for, for people: 1 to 100 characters.")]
    public required string Name { get; init; }
    [Description("What the key may do: permissions that the caller has, for example employees:read.")]
    public required string[] Permissions { get; init; }
    [Description("Days that the secret is good for: 1 to 365; absent: 90.")]
    public int? ExpiresInDays { get; init; }
}

internal sealed record RotateBody
{
    [Description("Hours that the secrets before stay good, as long as they would have been at most: 0 to 168; absent: 24.")]
    public int? OverlapHours { get; init; }
    [Description("Days that the new secret is good for: 1 to 365; absent: 90.")]
    public int? ExpiresInDays { get; init; }
}

/// <summary>A key without its secrets.</summary>
internal sealed record ApiKeyAnswer
{
    public required Guid Id { get; init; }
    [Description("How the key's text begins, after cg_; audit entries name it so: api-key:{prefix}.")]
    public required string Prefix { get; init; }
    public required string Name { get; init; }
    public required ImmutableArray<string> Permissions { get; init; }
    [Description("The account that made or rotated it last; the key may never do more than its owner may at the moment.")]
    public required Guid Owner { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    [Description("When the newest secret ends.")]
    public required DateTimeOffset ExpiresAt { get; init; }
    [Description("Until when a secret that was replaced is still good; absent: none is.")]
    public DateTimeOffset? ReplacedGoodUntil { get; init; }
    [Description("To a minute or so; absent: never.")]
    public DateTimeOffset? LastUsedAt { get; init; }
    public DateTimeOffset? RevokedAt { get; init; }
    [Description("Grows by one with every change; the ETag begins with it.")]
    public required long Revision { get; init; }
    [Description("The whole key, in the answer to its making and rotating alone: send it as Authorization: Bearer {key}.")]
    public string? Key { get; init; }

    public static ApiKeyAnswer Of(ApiKeyRow key, DateTimeOffset now) => new()
    {
        Id = key.Id,
        Prefix = key.Prefix,
        Name = key.Name,
        Permissions = key.Permissions,
        Owner = key.Owner,
        CreatedAt = key.CreatedAt,
        ExpiresAt = key.Secrets[0].GoodUntil,
        ReplacedGoodUntil = key.Secrets.Skip(1).Where(secret => secret.GoodUntil > now).Select(secret => (DateTimeOffset?)secret.GoodUntil).Max(),
        LastUsedAt = key.LastUsedAt,
        RevokedAt = key.RevokedAt,
        Revision = key.Revision,
    };
}

internal sealed record ApiKeysAnswer(ImmutableArray<ApiKeyAnswer> Items);
