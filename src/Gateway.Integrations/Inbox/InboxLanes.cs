using ComplianceGrid.ServiceDefaults.Loops;
using ComplianceGrid.Storage.Inbox;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.Gateway.Inbox;

/// <summary>
/// Rows under work in this process, each in a lane of its own to its end. What the intake has just stored comes with its lease and begins at once while
/// there are lanes (ADR 0021); what is in the inbox without one is claimed by the <see cref="InboxWorker"/>.
/// </summary>
internal sealed class InboxLanes(InboxStep step, LoopSignal signal, IOptions<InboxOptions> options) : IDisposable
{
    private readonly InboxOptions _options = options.Value;
    private readonly SemaphoreSlim _free = new(options.Value.Lanes);
    private volatile bool _someWait;

    public int Free => _free.CurrentCount;

    public TimeSpan Lease => TimeSpan.FromSeconds(_options.LeaseSeconds);

    /// <summary>Whether rows are due that nobody works on: then whoever frees a lane, or an object, wakes the worker.</summary>
    public bool SomeWait { get => _someWait; set => _someWait = value; }

    /// <summary>For rows that the intake is about to store. Null: there is no room for them.</summary>
    public TimeSpan? LeaseFor(int count) => count <= Free ? Lease : null;

    /// <summary>Begins on what was stored with its lease; what was stored without one is to be claimed.</summary>
    public void Take(WebhookDelivery delivery, Delivered delivered, CancellationToken ct)
    {
        if (delivered.Leased is { } leased)
        {
            _ = BeginAsync(leased, ct);
        }
        else if (delivered.Outcome == DeliveryOutcome.Stored && delivery.IgnoredBecause is null)
        {
            SomeWait = true;
            signal.Set();
        }
    }

    /// <summary>Until there is one.</summary>
    public async Task UntilFreeAsync(CancellationToken ct)
    {
        await _free.WaitAsync(ct);
        _free.Release();
    }

    /// <summary>Works a leased row in the next lane that is free. Ends when it has begun.</summary>
    public async Task BeginAsync(LeasedWebhook webhook, CancellationToken ct)
    {
        var lane = _free.WaitAsync(ct);
        await lane.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (lane.IsCompletedSuccessfully) _ = WorkAsync(webhook, ct); // else this process stops, and the lease runs out
    }

    /// <summary>Ends with what is under way; nothing begins after it.</summary>
    public async Task DrainAsync(CancellationToken ct)
    {
        for (var i = 0; i < _options.Lanes; i++) await _free.WaitAsync(ct);
    }

    public void Dispose() => _free.Dispose();

    private async Task WorkAsync(LeasedWebhook webhook, CancellationToken ct)
    {
        try
        {
            await step.RunAsync(webhook, ct);
        }
        finally
        {
            _free.Release();
            if (SomeWait) signal.Set();
        }
    }
}
