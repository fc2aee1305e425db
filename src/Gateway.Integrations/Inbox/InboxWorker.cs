using ComplianceGrid.ServiceDefaults.Loops;
using ComplianceGrid.Storage.Inbox;
using ComplianceGrid.Storage.Sql;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.Gateway.Inbox;

/// <summary>Claims rows as lanes become free: those that came in without a lease, were put off, or were left by a process that died.</summary>
internal sealed class InboxWorker(
    InboxLeases leases, InboxLanes lanes, LoopSignal signal, IOptions<InboxOptions> options, TimeProvider time, ILogger<InboxWorker> log)
    : GridLoop(LoopName, TimeSpan.FromMilliseconds(5), time, log)
{
    public const string LoopName = "inbox";

    private readonly TimeSpan _poll = TimeSpan.FromSeconds(options.Value.PollSeconds);
    private readonly Pace _pace = new(Pace.OfCommits);
    private bool _isBusy;

    protected override async Task<bool> StepAsync(CancellationToken ct)
    {
        await _pace.BeginAsync(_isBusy, ct);
        await lanes.UntilFreeAsync(ct);
        var claimed = await leases.ClaimAsync(lanes.Free, lanes.Lease, ct);
        lanes.SomeWait = claimed.AreSomeLeft;
        foreach (var webhook in claimed.Rows) await lanes.BeginAsync(webhook, ct);
        _isBusy = claimed.Rows.Count > 0;
        if (!_isBusy) await signal.WaitAsync(_poll, ct);
        return _isBusy;
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await lanes.DrainAsync(cancellationToken); // what does not end is leased out again
    }
}
