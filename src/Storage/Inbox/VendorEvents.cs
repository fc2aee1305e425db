using ComplianceGrid.Audit;
using ComplianceGrid.Events;
using ComplianceGrid.Storage.Events;
using ComplianceGrid.Storage.Sql;
using Npgsql;

namespace ComplianceGrid.Storage.Inbox;

/// <summary>What one read of a vendor's object tells of one order.</summary>
/// <param name="Remember">Ids at the vendor that are known to stand for the order from now on.</param>
/// <param name="Event">The event, given its source version. Called outside the caller's context.</param>
public sealed record VendorFinding(
    string Connection, string Tenant, Guid Order, VendorObject Object, IReadOnlyList<VendorObject> Remember, Func<long, ComplianceEvent> Event);

/// <summary>Appends what vendors told to the event log, in one transaction with the inbox row or the order that it belongs to.</summary>
public sealed class VendorEvents : IAsyncDisposable
{
    private const int MaxGroup = 128;

    private readonly NpgsqlDataSource _source;
    private readonly EventHints _hints;
    private readonly GroupQueue<Completion> _completions;

    public VendorEvents(NpgsqlDataSource source, EventHints hints)
    {
        (_source, _hints) = (source, hints);
        var commit = new CompletionCommit(source, hints);
        _completions = new(MaxGroup, commit.RunAsync, (completion, e) => completion.Done.TrySetException(e));
    }

    /// <summary>Closes the row and appends its event; in groups, because each commit holds the queues' counters.</summary>
    /// <returns>False: the lease had been taken over, and nothing was written.</returns>
    public Task<bool> CompleteAsync(LeasedWebhook webhook, VendorFinding finding, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested(); // what is queued is finished, so that its outcome is known
        var completion = new Completion(webhook, finding);
        _completions.Add(completion);
        return completion.Done.Task;
    }

    /// <summary>Records that an order was placed at its vendor. False: it had been recorded before, and nothing was written.</summary>
    public async Task<bool> RecordOrderAsync(VendorFinding finding, AuditEntry audit, string? traceParent, CancellationToken ct)
    {
        await using var connection = await _source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        foreach (var thing in finding.Remember)
        {
            if (!await VendorReferences.InsertAsync(connection, finding.Connection, thing, finding.Tenant, finding.Order, ct)) return false;
        }

        await using var batch = new NpgsqlBatch(connection, transaction);
        AuditOutbox.AddInsert(batch, [(audit, traceParent)]);
        var versions = await VendorObjects.NextVersionsAsync(batch, [finding], ct);
        var entry = EventLogEntry.Of(finding.Event(versions[VendorObjects.KeyOf(finding)]));
        await EventLog.AppendAsync(connection, transaction, [entry], ct); // last: it holds the queue's counter until the commit
        await transaction.CommitAsync(ct);
        _hints.Signal([entry]);
        return true;
    }

    /// <summary>Commits what is queued, then stops.</summary>
    public ValueTask DisposeAsync() => _completions.DisposeAsync();
}
