using System.Text.Json;
using ComplianceGrid.Audit;
using ComplianceGrid.Storage.Events;
using ComplianceGrid.Storage.Inbox;
using ComplianceGrid.Storage.Outbox;
using ComplianceGrid.Tenancy;
using Npgsql;
using NpgsqlTypes;

namespace ComplianceGrid.Storage.Parking;

/// <summary>Events that no delivery could get saved, in <c>grid.parked_event</c>. A replayed one is appended to the event log again, as if new. Needs the role <c>grid_silo</c>.</summary>
public sealed class ParkedEvents(NpgsqlDataSource database, TimeProvider time) : IParkedItems
{
    private const string Page = """
        SELECT id::text, 'event', coalesce(tenant_id, '-'), NULL, coalesce(event_id, '-'),
               coalesce(namespace || ' ' || stream_key, topic || ' ' || partition || '@' || record_offset), attempts, reason, parked_at
          FROM grid.parked_event p
         WHERE replayed_at IS NULL AND ($1 IS NULL OR tenant_id = $1) AND ($2 IS NULL OR id > $2) AND ($3 IS NULL OR id = $3)
         ORDER BY p.id -- the column, not its text
         LIMIT $4
        """;

    private const string Take = """
        UPDATE grid.parked_event SET replayed_at = clock_timestamp()
         WHERE id = $1 AND replayed_at IS NULL
        RETURNING event_id, namespace, stream_key, tenant_id, body, topic IS NOT NULL
        """;

    public Task<IReadOnlyList<ParkedItem>> ListAsync(string? tenant, string? after, int max, CancellationToken ct) =>
        ParkedRows.ReadAsync<Guid>(database, Page, NpgsqlDbType.Uuid, tenant, after is null ? null : Guid.Parse(after), null, max, ct);

    public async Task<ParkedItem?> FindAsync(string id, CancellationToken ct) =>
        Guid.TryParse(id, out var guid) && await ParkedRows.ReadAsync<Guid>(database, Page, NpgsqlDbType.Uuid, null, null, guid, 1, ct) is [var found] ? found : null;

    public async Task<bool> ReplayAsync(string id, string actor, CancellationToken ct)
    {
        if (!Guid.TryParse(id, out var guid)) return false;
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (await TakeAsync(connection, guid, ct) is not { } entry) return false;
        await OperatorAudit.InsertAsync(connection, entry.Tenant, actor, AuditAction.Update, "events", entry.EventId, new { change = "replayed" }, time.GetUtcNow(), ct);
        await EventLog.AppendAsync(connection, transaction, [entry], ct); // last: it holds the queue's counter until the commit
        await transaction.CommitAsync(ct);
        return true;
    }

    /// <summary>Has a tenant's own event tried again as if it were new.</summary>
    /// <param name="entry">The audit entry of it, by the event's id; written in the same transaction.</param>
    public async Task<ReplayOutcome> ReplayAsync(TenantId tenant, Guid id, Func<string, OutboxMessage> entry, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        if (await ReplayedAsync(connection, tenant, id, ct) is not { } before) return ReplayOutcome.NotThere;
        if (before) return ReplayOutcome.WasBefore;
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (await TakeAsync(connection, id, ct) is not { } e)
        {
            await transaction.RollbackAsync(ct);
            return await ReplayedAsync(connection, tenant, id, ct) is true ? ReplayOutcome.WasBefore : ReplayOutcome.Unfit; // somebody else was first, or nobody can
        }

        await using (var batch = new NpgsqlBatch(connection))
        {
            OutboxInsert.Add(batch, [entry(e.EventId)]);
            await batch.ExecuteNonQueryAsync(ct);
        }

        await EventLog.AppendAsync(connection, transaction, [e], ct); // last: it holds the queue's counter until the commit
        await transaction.CommitAsync(ct);
        return ReplayOutcome.Replayed;
    }

    /// <summary>Null: the tenant has none under this id.</summary>
    private static async Task<bool?> ReplayedAsync(NpgsqlConnection connection, TenantId tenant, Guid id, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("SELECT replayed_at IS NOT NULL FROM grid.parked_event WHERE id = $1 AND tenant_id = $2", connection)
        {
            Parameters = { new NpgsqlParameter<Guid> { TypedValue = id }, new NpgsqlParameter<string> { TypedValue = tenant.Value } },
        };
        return await command.ExecuteScalarAsync(ct) as bool?;
    }

    private static async Task<EventLogEntry?> TakeAsync(NpgsqlConnection connection, Guid id, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Take, connection) { Parameters = { new NpgsqlParameter<Guid> { TypedValue = id } } };
        await using var row = await command.ExecuteReaderAsync(ct);
        if (!await row.ReadAsync(ct)) return null;
        var body = row.GetFieldValue<byte[]>(4);
        return row.GetBoolean(5) ? OfForeign(body) : new(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), Attempt: 1, body);
    }

    /// <summary>Null: it is no event that a grain listens to, by this build's knowledge, so it stays parked.</summary>
    private static EventLogEntry? OfForeign(byte[] body)
    {
        try
        {
            var e = CloudEventJson.Read(body);
            return ForeignEvents.Misfit(e) is null ? EventLogEntry.Of(e) : null;
        }
        catch (Exception error) when (error is JsonException or FormatException or NotSupportedException)
        {
            return null;
        }
    }
}
