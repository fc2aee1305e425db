using System.Diagnostics;
using ComplianceGrid.Gateway.Connections;
using ComplianceGrid.Gateway.Vendors;
using ComplianceGrid.Storage.Inbox;
using Microsoft.Extensions.Options;
using Npgsql;
using Polly;
using Polly.Timeout;

namespace ComplianceGrid.Gateway.Inbox;

/// <summary>Works one leased row: read at the vendor, match, adapt, append and close; or put off, or park.</summary>
internal sealed partial class InboxStep(
    ConnectionDirectory directory, IEnumerable<IVendorReader> readers, VendorEvents events, InboxLeases leases, VendorReferences references,
    Backoff backoff, IOptions<InboxOptions> options, TimeProvider time, ILogger<InboxStep> log)
{
    private readonly Dictionary<string, IVendorReader> _readers = readers.ToDictionary(r => r.Vendor, StringComparer.Ordinal);
    private readonly InboxOptions _options = options.Value;

    public async Task RunAsync(LeasedWebhook webhook, CancellationToken ct)
    {
        using var activity = GatewayTelemetry.Activities.StartActivity("inbox " + webhook.EventType, ActivityKind.Consumer, webhook.TraceParent);
        using var leased = CancellationTokenSource.CreateLinkedTokenSource(ct);
        leased.CancelAfter(TimeSpan.FromSeconds(_options.LeaseSeconds)); // after it another may hold the row
        try
        {
            Count(await ReadAsync(webhook, leased.Token));
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            Count("stopped"); // the lease runs out, and the row is claimed again
        }
        catch (Exception e) when (e is NpgsqlException)
        {
            LogDatabase(e, webhook.Id); // likewise
            Count("database-away");
        }
        catch (Exception e)
        {
            await FailAsync(webhook, e, ct);
        }
    }

    private async Task<string> ReadAsync(LeasedWebhook webhook, CancellationToken ct)
    {
        var connection = (await directory.AllAsync(ct)).FirstOrDefault(c => c.Id == webhook.Webhook.Connection)
            ?? throw new VendorException(0, "The connection is disabled.");
        switch (await _readers[connection.Vendor].ReadAsync(webhook, connection, ct))
        {
            case Reading.Matched matched:
                var completed = await events.CompleteAsync(webhook, matched.Finding, ct);
                if (completed) GatewayTelemetry.Lag.Record((time.GetUtcNow() - webhook.ReceivedAt).TotalSeconds);
                return completed ? "done" : "lease-lost";
            case Reading.Unmatched unmatched:
                await leases.ParkAsync(webhook, InboxState.Unmatched, "The vendor's object belongs to no order.", unmatched.WaitsFor, ct);
                await references.ReopenAsync(webhook.Webhook.Connection, [unmatched.WaitsFor], ct); // the order may have come in meanwhile
                return "unmatched";
            default:
                throw new UnreachableException();
        }
    }

    private async Task FailAsync(LeasedWebhook webhook, Exception error, CancellationToken ct)
    {
        try
        {
            Count(await PutOffAsync(webhook, error, ct));
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException)
        {
            LogDatabase(e, webhook.Id); // the lease runs out, and the row is claimed again
        }
    }

    private async Task<string> PutOffAsync(LeasedWebhook webhook, Exception error, CancellationToken ct)
    {
        var reason = ReasonOf(error);
        LogFailed(error, webhook.Id, webhook.Attempt + 1);
        if (error is ExecutionRejectedException and not TimeoutRejectedException) // breaker open, or our own rate used up
        {
            await leases.PostponeAsync(webhook, counts: false, TimeSpan.FromSeconds(_options.BreakerDelaySeconds), reason, ct);
            return "waiting";
        }

        if (webhook.Attempt + 1 >= _options.MaxAttempts)
        {
            await leases.ParkAsync(webhook, InboxState.Failed, reason, null, ct);
            LogParked(webhook.Id, reason);
            return "parked";
        }

        await leases.PostponeAsync(webhook, counts: true, backoff.After(webhook.Attempt), reason, ct);
        return "postponed";
    }

    /// <summary>For the row and the log: what kind of failure, and nothing that the vendor said.</summary>
    private static string ReasonOf(Exception error) => error switch
    {
        VendorException vendor => vendor.Message,
        TimeoutRejectedException or OperationCanceledException => "The vendor did not answer in time.",
        HttpRequestException => "The vendor could not be reached.",
        ExecutionRejectedException => "The vendor is known to be away.",
        _ => error.GetType().Name,
    };

    private static void Count(string outcome) => GatewayTelemetry.Worked.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    [LoggerMessage(3010, LogLevel.Information, "Work on inbox row {Row} failed, try {Attempt}")]
    private partial void LogFailed(Exception exception, long row, int attempt);

    [LoggerMessage(3011, LogLevel.Error, "Inbox row {Row} is parked: {Reason}")]
    private partial void LogParked(long row, string reason);

    [LoggerMessage(3012, LogLevel.Warning, "Inbox row {Row} could not be closed; its lease will run out")]
    private partial void LogDatabase(Exception exception, long row);
}
