using ComplianceGrid.Storage.GrainState;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Identity;

/// <summary>Loads, calls the rule, saves. A refusal of a locked name writes nothing: guessing on costs the grid no transaction.</summary>
internal sealed class SignInGuardGrain(
    [PersistentState("sign-in", GridStorage.ProviderName)] IPersistentState<LockOutState> state,
    LockOutLimits limits,
    TimeProvider clock) : Grain, ISignInGuardGrain
{
    private const int LongestDevice = 100;

    private DateTimeOffset Now => clock.GetUtcNow().ToMicroseconds();

    public async Task<SignInTicket> Begin(Guid attempt, string? device)
    {
        Check(device);
        var (next, ticket) = LockOutRule.Begin(state.State, attempt, device, limits, Now);
        await SaveAsync(next);
        return ticket;
    }

    public async Task<SignInOutcome> Failed(Guid attempt)
    {
        var (next, outcome) = LockOutRule.Failed(state.State, attempt, limits, Now);
        await SaveAsync(next);
        return outcome;
    }

    public Task Succeeded(Guid attempt, string? device)
    {
        Check(device);
        return SaveAsync(LockOutRule.Succeeded(state.State, attempt, device, limits, Now));
    }

    public Task Refresh()
    {
        // Written even when nothing changed: who stays due would be woken for ever.
        var next = LockOutRule.Settle(state.State, limits, Now);
        return SaveAsync(ReferenceEquals(next, state.State) ? next with { } : next);
    }

    private async Task SaveAsync(LockOutState next)
    {
        if (ReferenceEquals(next, state.State)) return;
        if (!next.IsNothing)
        {
            await state.SaveAsync(next with { Commit = new() { DueAt = LockOutRule.ForgetAt(next, limits) } });
            return;
        }

        await state.ForgetAsync(LockOutState.Nothing);
        DeactivateOnIdle();
    }

    private static void Check(string? device)
    {
        if (device is not (null or { Length: > 0 and <= LongestDevice }))
            throw Checks.Invalid($"A device's id has 1 to {LongestDevice} characters.");
    }
}
