using ComplianceGrid.Storage.GrainState;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Identity;

/// <summary>Loads, calls the rule, saves what failed. A refusal writes nothing, and a try that succeeds neither.</summary>
internal sealed class AddressGuardGrain(
    [PersistentState("sign-in-address", GridStorage.ProviderName)] IPersistentState<AddressState> state,
    AddressLimits limits,
    TimeProvider clock) : Grain, IAddressGuardGrain
{
    /// <summary>Reserved and not told of yet. One whose process died stays for a window, as if it had failed. As many at most as are allowed.</summary>
    private readonly Dictionary<Guid, DateTimeOffset> _open = [];

    private DateTimeOffset Now => clock.GetUtcNow().ToMicroseconds();

    public Task<TimeSpan?> Begin(Guid attempt)
    {
        var now = Now;
        foreach (var (old, _) in _open.Where(it => now - it.Value >= limits.Window || it.Value > now).ToArray()) _open.Remove(old); // a clock set back ends them too
        if (_open.ContainsKey(attempt)) return Task.FromResult<TimeSpan?>(null);
        var wait = AddressRule.WaitFor(state.State, _open.Count, limits, now);
        if (wait is null) _open.Add(attempt, now);
        return Task.FromResult(wait);
    }

    public async Task Failed(Guid attempt)
    {
        if (!_open.ContainsKey(attempt)) return;
        await SaveAsync(AddressRule.Failed(state.State, limits, Now));
        _open.Remove(attempt); // after the write: until then it counts as reserved
    }

    public Task GiveBack(Guid attempt)
    {
        _open.Remove(attempt);
        return Task.CompletedTask;
    }

    public async Task Refresh()
    {
        var next = AddressRule.Settle(state.State, limits, Now);
        if (!next.Failures.IsEmpty) await SaveAsync(next with { }); // written even when nothing changed: who stays due would be woken for ever
        else await state.ForgetAsync(AddressState.Nothing);
    }

    private Task SaveAsync(AddressState next) => state.SaveAsync(next with { Commit = new() { DueAt = AddressRule.ForgetAt(next, limits) } });
}
