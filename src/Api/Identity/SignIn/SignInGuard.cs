using ComplianceGrid.Api.Audit;
using ComplianceGrid.Api.Grid;
using ComplianceGrid.Api.Identity.SecondFactors;
using ComplianceGrid.Audit;
using ComplianceGrid.Identity;
using ComplianceGrid.ServiceDefaults.Problems;
using ComplianceGrid.Tenancy;
using Microsoft.AspNetCore.Identity;

namespace ComplianceGrid.Api.Identity.SignIn;

/// <summary>
/// Counts tries to sign in, by a keyed hash of the name: one that nobody has is counted and locked as any other (AC-7). Whoever does not get
/// in is told the same for every cause that a stranger may not know.
/// </summary>
internal sealed class SignInGuard(IGrainFactory grains, GridConnection connection, SecondFactorKey key, ILookupNormalizer names, TimeProvider clock)
{
    /// <summary>Reserves a try, before anything is hashed or looked at.</summary>
    /// <returns>With a refusal: the name is locked, look at nothing.</returns>
    public async Task<(Guid Attempt, GridException? Locked)> BeginAsync(HttpContext context, string name, string? device)
    {
        var attempt = Guid.CreateVersion7(clock.GetUtcNow());
        using var scope = new TenantScope(TenantId.System);
        var ticket = await Grain(name).Begin(attempt, device);
        return (attempt, ticket.LockedUntil is { } until ? Locked(context, ticket.Locks, until) : null);
    }

    /// <summary>The try was wrong.</summary>
    public async Task<GridException> WrongAsync(HttpContext context, string name, Guid attempt)
    {
        using var scope = new TenantScope(TenantId.System);
        var outcome = await Grain(name).Failed(attempt);
        return outcome.LockedUntil is { } until
            ? Locked(context, outcome.Locks, until)
            : new(GridError.BadCredentials, "The name, the password or the second factor is wrong.");
    }

    public async Task SucceededAsync(string name, Guid attempt, string? device)
    {
        using var scope = new TenantScope(TenantId.System);
        await Grain(name).Succeeded(attempt, device);
    }

    private GridException Locked(HttpContext context, bool isFirst, DateTimeOffset until)
    {
        if (isFirst) context.Audit().Did(AuditAction.AccountLocked);
        GridProblems.RetryAfter(context, until - clock.GetUtcNow());
        return new(GridError.TooManyRequests, "There were too many failed tries with this name. Try again after as many seconds as Retry-After says.");
    }

    private ISignInGuardGrain Grain(string name)
    {
        connection.Require();
        var id = new Guid(key.Hash("sign-in name", Guid.Empty, names.NormalizeName(name)).AsSpan(0, 16));
        return grains.GetGrain<ISignInGuardGrain>(TenantKeys.OfSystem(id));
    }
}
