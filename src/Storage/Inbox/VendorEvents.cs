using ComplianceGrid.Audit;
using ComplianceGrid.Events;
using ComplianceGrid.Storage.Events;
using Npgsql;

namespace ComplianceGrid.Storage.Inbox;

/// <summary>What one read of a vendor's object tells of one order.</summary>
/// <param name="Remember">Ids at the vendor that are known to stand for the order from now on.</param>
/// <param name="Event">The event, given its source version.</param>
public sealed record VendorFinding(
    string Connection, string Tenant, Guid Order, VendorObject Object, IReadOnlyList<VendorObject> Remember, Func<long, ComplianceEvent> Event);

/// <summary>Appends what vendors told to the event log, in one transaction with the inbox row or the order that it belongs to.</summary>
public sealed class VendorEvents(NpgsqlDataSource dataSource, EventHints hints)
{
    private const string Close = """
        UPDATE grid.webhook_inbox SET state = 1, closed_at = clock_timestamp(), error = NULL, lease_token = NULL, lease_until = NULL
         WHERE id = $1 AND lease_token = $2
        """;

    /// <summary>The row stays locked until the commit, so versions follow the order of commits.</summary>
    private const string NextVersion = """
        INSERT INTO grid.vendor_object AS o (connection_id, kind, external_id, version) VALUES ($1, $2, $3, 1)
            ON CONFLICT (connection_id, kind, external_id) DO UPDATE SET version = o.version + 1
        RETURNING version
        """;

    /// <summary>False: the lease had been taken over, and nothing was written.</summary>
    public async Task<bool> CompleteAsync(LeasedWebhook webhook, VendorFinding finding, CancellationToken ct)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (!await CloseAsync(connection, webhook, ct)) return false;
        foreach (var thing in finding.Remember)
            await VendorReferences.InsertAsync(connection, finding.Connection, thing, finding.Tenant, finding.Order, ct);
        var appended = await AppendAsync(connection, transaction, finding, ct);
        await transaction.CommitAsync(ct);
        hints.Signal([appended]);
        return true;
    }

    /// <summary>Records that an order was placed at its vendor. False: it had been recorded before, and nothing was written.</summary>
    public async Task<bool> RecordOrderAsync(VendorFinding finding, AuditEntry audit, string? traceParent, CancellationToken ct)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        foreach (var thing in finding.Remember)
        {
            if (!await VendorReferences.InsertAsync(connection, finding.Connection, thing, finding.Tenant, finding.Order, ct)) return false;
        }

        await AuditOutbox.InsertAsync(connection, [(audit, traceParent)], ct);
        var appended = await AppendAsync(connection, transaction, finding, ct);
        await transaction.CommitAsync(ct);
        hints.Signal([appended]);
        return true;
    }

    private static async Task<bool> CloseAsync(NpgsqlConnection connection, LeasedWebhook webhook, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Close, connection) { Parameters = { new() { Value = webhook.Id }, new() { Value = webhook.Token } } };
        return await command.ExecuteNonQueryAsync(ct) == 1;
    }

    private static async Task<EventLogEntry> AppendAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, VendorFinding finding, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(NextVersion, connection)
        {
            Parameters = { new() { Value = finding.Connection }, new() { Value = finding.Object.Kind }, new() { Value = finding.Object.Id } },
        };
        var version = (long)(await command.ExecuteScalarAsync(ct))!;
        var entry = EventLogEntry.Of(finding.Event(version));
        await EventLog.AppendAsync(connection, transaction, [entry], ct); // last: it holds the queue's counter until the commit
        return entry;
    }
}
