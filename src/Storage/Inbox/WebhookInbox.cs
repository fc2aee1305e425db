using ComplianceGrid.Storage.Sql;
using Npgsql;

namespace ComplianceGrid.Storage.Inbox;

/// <summary>Commits batches of deliveries with their audit entries: one transaction, all or nothing, in two round trips unless some came before.</summary>
public sealed class WebhookInbox(NpgsqlDataSource dataSource)
{
    /// <summary>Rows go in by key order, so that two batches never wait for each other in a ring.</summary>
    private const string Insert = """
        INSERT INTO grid.webhook_inbox (connection_id, event_id, tenant_id, event_type, object_kind, object_id, body_hash, payload,
                                        traceparent, received_at, state, next_attempt_at, error, closed_at)
        SELECT c, e, tenant, type, kind, object, hash, payload, trace, received, state, received, error, CASE state WHEN 0 THEN NULL ELSE received END
          FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bytea[], $8::bytea[], $9::text[],
                      $10::timestamptz[], $11::smallint[], $12::text[]) AS t (c, e, tenant, type, kind, object, hash, payload, trace, received, state, error)
         ORDER BY c COLLATE "C", e COLLATE "C"
            ON CONFLICT (connection_id, event_id) DO NOTHING
        RETURNING connection_id, event_id
        """;

    private const string Hashes = """
        SELECT i.connection_id, i.event_id, i.body_hash
          FROM unnest($1::text[], $2::text[]) AS t (c, e)
          JOIN grid.webhook_inbox i ON i.connection_id = t.c AND i.event_id = t.e
        """;

    private const string InsertConflicts = """
        INSERT INTO grid.webhook_conflict (connection_id, event_id, body_hash, tenant_id, payload, received_at)
        SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[], $4::text[], $5::bytea[], $6::timestamptz[])
            ON CONFLICT DO NOTHING
        """;

    /// <summary>Returns when the batch is durable: what became of each delivery, in the batch's order.</summary>
    public async Task<IReadOnlyList<DeliveryOutcome>> CommitAsync(IReadOnlyList<WebhookDelivery> batch, CancellationToken ct)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        var firsts = batch.GroupBy(d => d.Id).Select(g => g.First()).ToList();
        var inserted = await InsertAsync(connection, firsts, ct);
        var hashes = firsts.Where(d => inserted.Contains(d.Id)).ToDictionary(d => d.Id, d => d.BodyHash);
        if (inserted.Count < firsts.Count)
            await ReadHashesAsync(connection, firsts.Where(d => !inserted.Contains(d.Id)).Select(d => d.Id).ToList(), hashes, ct);

        var outcomes = new DeliveryOutcome[batch.Count];
        for (var i = 0; i < batch.Count; i++)
        {
            // Remove: of several deliveries of one event in one batch only the first was stored.
            outcomes[i] = !hashes[batch[i].Id].AsSpan().SequenceEqual(batch[i].BodyHash) ? DeliveryOutcome.Conflict
                : inserted.Remove(batch[i].Id) ? DeliveryOutcome.Stored
                : DeliveryOutcome.Duplicate;
        }

        var conflicts = batch.Where((_, i) => outcomes[i] == DeliveryOutcome.Conflict).ToList();
        await using var rest = new NpgsqlBatch(connection);
        if (conflicts.Count > 0) AddConflicts(rest, conflicts);
        AuditOutbox.AddInsert(rest, [.. batch.Select((d, i) => (d.Audit(outcomes[i]), d.TraceParent))]);
        rest.BatchCommands.Add(new("COMMIT"));
        await rest.ExecuteNonQueryAsync(ct);
        return outcomes;
    }

    private static async Task<HashSet<WebhookId>> InsertAsync(NpgsqlConnection connection, List<WebhookDelivery> rows, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new("BEGIN"));
        batch.BatchCommands.Add(new(Insert)
        {
            Parameters =
            {
                Column.Text(rows, d => d.Id.Connection),
                Column.Text(rows, d => d.Id.Event),
                Column.Text(rows, d => d.Tenant),
                Column.Text(rows, d => d.EventType),
                Column.Text(rows, d => d.Object.Kind),
                Column.Text(rows, d => d.Object.Id),
                Column.Bytes(rows, d => d.BodyHash),
                Column.Bytes(rows, d => d.Payload),
                Column.Text(rows, d => d.TraceParent),
                Column.Instant(rows, d => d.ReceivedAt),
                Column.Small(rows, d => (short)(d.IgnoredBecause is null ? InboxState.Open : InboxState.Ignored)),
                Column.Text(rows, d => d.IgnoredBecause),
            },
        });
        var inserted = new HashSet<WebhookId>(rows.Count);
        await using var reader = await batch.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) inserted.Add(new(reader.GetString(0), reader.GetString(1)));
        return inserted;
    }

    private static async Task ReadHashesAsync(NpgsqlConnection connection, List<WebhookId> ids, Dictionary<WebhookId, byte[]> hashes, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Hashes, connection) { Parameters = { Column.Text(ids, id => id.Connection), Column.Text(ids, id => id.Event) } };
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) hashes[new(reader.GetString(0), reader.GetString(1))] = reader.GetFieldValue<byte[]>(2);
    }

    private static void AddConflicts(NpgsqlBatch batch, List<WebhookDelivery> rows) => batch.BatchCommands.Add(new(InsertConflicts)
    {
        Parameters =
        {
            Column.Text(rows, d => d.Id.Connection),
            Column.Text(rows, d => d.Id.Event),
            Column.Bytes(rows, d => d.BodyHash),
            Column.Text(rows, d => d.Tenant),
            Column.Bytes(rows, d => d.Payload),
            Column.Instant(rows, d => d.ReceivedAt),
        },
    });
}
