using ComplianceGrid.Api.Grid;
using ComplianceGrid.Api.Identity.SecondFactors;
using ComplianceGrid.Identity;
using ComplianceGrid.ServiceDefaults.Auditing.Refusals;
using ComplianceGrid.ServiceDefaults.Problems;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Api.Identity.SignIn;

/// <summary>Counts failed tries by a keyed hash of the address that they come from. A rate limit, never a lock: 429 until old failures have passed.</summary>
internal sealed class AddressGuard(IGrainFactory grains, GridConnection connection, SecondFactorKey key, TimeProvider clock)
{
    /// <summary>Call before anything is hashed, and dispose when the try is judged.</summary>
    /// <exception cref="GridException"><see cref="GridError.TooManyRequests"/>: no matter whether the password would be right.</exception>
    public async Task<AddressTry> BeginAsync(HttpContext context)
    {
        connection.Require();
        var id = new Guid(key.Hash("sign-in address", Guid.Empty, SourceNetwork.Of(context.Connection.RemoteIpAddress)).AsSpan(0, 16));
        var (grain, attempt) = (grains.GetGrain<IAddressGuardGrain>(TenantKeys.OfSystem(id)), Guid.CreateVersion7(clock.GetUtcNow()));
        using var scope = new TenantScope(TenantId.System);
        if (await grain.Begin(attempt) is not { } wait) return new(grain, attempt);
        GridProblems.RetryAfter(context, wait);
        throw new GridException(GridError.TooManyRequests, "There were too many failed tries to sign in from your network address. Try again after as many seconds as Retry-After says.");
    }
}

/// <summary>A try under way.</summary>
internal sealed class AddressTry(IAddressGuardGrain grain, Guid attempt) : IAsyncDisposable
{
    private bool _wrong;

    /// <summary>It counts as failed.</summary>
    public GridException Wrong(GridException refusal)
    {
        _wrong = true;
        return refusal;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            using var scope = new TenantScope(TenantId.System);
            await (_wrong ? grain.Failed(attempt) : grain.GiveBack(attempt));
        }
        catch (GridException)
        {
            // The grid went away meanwhile. What is not told of goes on to count, and the answer stays what it is.
        }
    }
}
