namespace ComplianceGrid.Limits;

/// <summary>Calls the rule. Nothing is stored: a window is over before a lost count could matter for long.</summary>
internal sealed class RateGrain(TimeProvider clock) : Grain, IRateGrain
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);
    private RateWindow _window = RateWindow.None;

    public Task<RateGrant> Lease(RateAsk ask)
    {
        if (ask is not { Limit: > 0, Held: >= 0, UpTo: >= 0, Number: >= 0 } || ask.Window < TimeSpan.FromSeconds(1) || ask.Window > Longest)
            throw Checks.Invalid("A lease is asked for with a limit above 0 and a window of a second to an hour.");
        var phase = TimeSpan.FromMilliseconds(StableHash.Of(this.GetPrimaryKeyString()) % (long)ask.Window.TotalMilliseconds);
        (_window, var grant) = RateRule.Lease(_window, ask, phase, clock.GetUtcNow());
        return Task.FromResult(grant);
    }
}
