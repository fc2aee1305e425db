using ComplianceGrid.Api.Grid;
using ComplianceGrid.Api.Identity.SecondFactors;
using ComplianceGrid.Audit;
using ComplianceGrid.Identity;
using ComplianceGrid.Tenancy;
using Microsoft.AspNetCore.Identity;

namespace ComplianceGrid.Api.Identity.SignIn;

/// <summary>
/// Counts tries to sign in, by a keyed hash of the name: one that nobody has is counted and locked as any other (AC-7).
/// </summary>
internal sealed class SignInGuard(IGrainFactory grains, GridConnection connection, SecondFactorKey key, ILookupNormalizer names)
{
    private static readonly TenantId System = new(AuditEntry.SystemTenant);

    public async Task<SignInTicket> BeginAsync(string name, Guid attempt, string? device)
    {
        using var scope = new TenantScope(System);
        return await Grain(name).Begin(attempt, device);
    }

    public async Task<SignInOutcome> FailedAsync(string name, Guid attempt)
    {
        using var scope = new TenantScope(System);
        return await Grain(name).Failed(attempt);
    }

    public async Task SucceededAsync(string name, Guid attempt, string? device)
    {
        using var scope = new TenantScope(System);
        await Grain(name).Succeeded(attempt, device);
    }

    private ISignInGuardGrain Grain(string name)
    {
        connection.Require();
        var id = new Guid(key.Hash("sign-in name", Guid.Empty, names.NormalizeName(name)).AsSpan(0, 16));
        return grains.GetGrain<ISignInGuardGrain>(TenantKeys.OfSystem(id));
    }
}
