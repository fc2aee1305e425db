using ComplianceGrid.ServiceDefaults.Loops;
using ComplianceGrid.Storage.Inbox;
using ComplianceGrid.Storage.Sql;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.Gateway.Inbox;

/// <summary>Claims rows as lanes become free; each lane works one row to its end.</summary>
internal sealed class InboxWorker(
    InboxLeases leases, InboxStep step, InboxSignal signal, IOptions<InboxOptions> options, TimeProvider time, ILogger<InboxWorker> log)
    : GridLoop(LoopName, TimeSpan.FromMilliseconds(5), time, log)
{
    public const string LoopName = "inbox";

    private readonly InboxOptions _options = options.Value;
    private readonly SemaphoreSlim _free = new(options.Value.Lanes);
    private readonly Pace _pace = new(Pace.OfCommits);
    private bool _isBusy;

    protected override async Task<bool> StepAsync(CancellationToken ct)
    {
        await _pace.BeginAsync(_isBusy, ct);
        await _free.WaitAsync(ct);
        _free.Release();
        var claimed = await leases.ClaimAsync(_free.CurrentCount, TimeSpan.FromSeconds(_options.LeaseSeconds), ct);
        foreach (var webhook in claimed)
        {
            await _free.WaitAsync(ct);
            _ = WorkAsync(webhook, ct);
        }

        _isBusy = claimed.Count > 0;
        if (!_isBusy) await signal.WaitAsync(TimeSpan.FromSeconds(_options.PollSeconds), ct);
        return _isBusy;
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        for (var i = 0; i < _options.Lanes; i++) await _free.WaitAsync(cancellationToken); // what is under way ends; what does not is leased out again
    }

    private async Task WorkAsync(LeasedWebhook webhook, CancellationToken ct)
    {
        try
        {
            await step.RunAsync(webhook, ct);
        }
        finally
        {
            _free.Release();
            signal.Set(); // a delivery of the same object may wait for this one
        }
    }
}
