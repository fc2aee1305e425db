using ComplianceGrid.Api.Security;
using ComplianceGrid.Storage.Identity;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Api.Identity.ApiKeys;

/// <summary>Who calls with a key.</summary>
/// <param name="Caller">Null: the key is not good.</param>
/// <param name="Tenant">Whose log a refusal belongs in; null: nobody knows the prefix.</param>
internal sealed record ApiKeyVerdict(Caller? Caller, TenantId? Tenant, string? Prefix);

/// <summary>Judges a presented key: made-up, wrong, expired and revoked ones are told apart in the log alone.</summary>
internal sealed class ApiKeyGate(ApiKeyCache cache, ApiKeyHash hash, ApiKeyUse use, TimeProvider clock)
{
    /// <summary>Their role in audit entries.</summary>
    public const string Role = "ApiKey";

    public static string Actor(string prefix) => $"api-key:{prefix}";

    /// <exception cref="GridException"><see cref="GridError.Unavailable"/>: nobody can say now.</exception>
    public async ValueTask<ApiKeyVerdict> JudgeAsync(string text, CancellationToken ct)
    {
        if (!ApiKeyText.TryParse(text, out var key)) return new(null, null, null);
        var (presented, now) = (await cache.FindAsync(key.Value.Prefix, ct), clock.GetUtcNow());
        var matches = await hash.MatchesAsync(key.Value, presented?.Key.Secrets, now, ct);
        if (presented is null) return new(null, null, null);
        var caller = matches && presented is { Key.RevokedAt: null, Owner: { } owner } ? CallerOf(presented.Key, owner) : null;
        if (caller is not null) use.Seen(presented.Key.Tenant, presented.Key.Id);
        return new(caller, presented.Key.Tenant, presented.Key.Prefix);
    }

    private static Caller CallerOf(ApiKeyRow key, Membership owner) => new(key.Tenant, Actor(key.Prefix), [Role], EmployeeId: null)
    {
        Permissions = ApiKeyRules.Effective(key.Permissions, owner.Roles),
        Sites = owner.Sites,
    };
}
