using ComplianceGrid.Api.Audit;
using ComplianceGrid.Audit;
using ComplianceGrid.ServiceDefaults.Problems;

namespace ComplianceGrid.Api.Identity.SignIn;

/// <summary>What whoever does not get in is told: the same for every cause that a stranger may not know.</summary>
internal static class SignInRefusals
{
    /// <summary>Counts the try.</summary>
    public static async Task<GridException> WrongAsync(HttpContext context, SignInGuard guard, string name, Guid attempt, TimeProvider clock)
    {
        var outcome = await guard.FailedAsync(name, attempt);
        return outcome.LockedUntil is { } until
            ? Locked(context, outcome.Locks, until, clock)
            : new(GridError.BadCredentials, "The name, the password or the second factor is wrong.");
    }

    public static GridException Locked(HttpContext context, bool isFirst, DateTimeOffset until, TimeProvider clock)
    {
        if (isFirst) context.Audit().Did(AuditAction.AccountLocked);
        GridProblems.RetryAfter(context, until - clock.GetUtcNow());
        return new(GridError.TooManyRequests, "There were too many failed tries with this name. Try again after as many seconds as Retry-After says.");
    }
}
