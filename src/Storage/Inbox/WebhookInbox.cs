using ComplianceGrid.Storage.Sql;
using Npgsql;
using NpgsqlTypes;

namespace ComplianceGrid.Storage.Inbox;

/// <summary>Commits batches of deliveries with their audit entries: one transaction, all or nothing, in two round trips unless some came before.</summary>
public sealed class WebhookInbox(NpgsqlDataSource dataSource)
{
    /// <summary>
    /// Rows go in by key order, so that two batches never wait for each other in a ring. A row stays out when its key is there, or when it is to come
    /// with its lease while another delivery of its object has one.
    /// </summary>
    private const string Insert = """
        INSERT INTO grid.webhook_inbox (connection_id, event_id, tenant_id, event_type, object_kind, object_id, body_hash, payload,
                                        traceparent, received_at, state, next_attempt_at, error, closed_at, lease_token, lease_until)
        SELECT c, e, tenant, type, kind, object, hash, payload, trace, received, state, received, error, CASE state WHEN 0 THEN NULL ELSE received END,
               CASE WHEN is_leased THEN gen_random_uuid() END, CASE WHEN is_leased THEN clock_timestamp() + $13 END
          FROM (SELECT *, state = 0 AND $13 IS NOT NULL AND row_number() OVER (PARTITION BY state, c, kind, object ORDER BY e COLLATE "C") = 1 AS is_leased
                  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bytea[], $8::bytea[], $9::text[],
                              $10::timestamptz[], $11::smallint[], $12::text[])
                    AS t (c, e, tenant, type, kind, object, hash, payload, trace, received, state, error)) AS delivery
         ORDER BY c COLLATE "C", e COLLATE "C"
            ON CONFLICT DO NOTHING
        RETURNING connection_id, event_id, id, lease_token
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
    /// <param name="lease">
    /// Rows that are stored are leased to the caller for so long, at most one of an object, unless another delivery of it is under work. Null: none is.
    /// </param>
    public async Task<IReadOnlyList<Delivered>> CommitAsync(IReadOnlyList<WebhookDelivery> batch, TimeSpan? lease, CancellationToken ct)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        var firsts = batch.GroupBy(d => d.Id).Select(g => g.First()).ToList();
        Dictionary<WebhookId, LeasedWebhook?> stored = [];
        await InsertAsync(connection, firsts, lease, stored, ct);
        var hashes = firsts.Where(d => stored.ContainsKey(d.Id)).ToDictionary(d => d.Id, d => d.BodyHash);
        if (stored.Count < firsts.Count)
            await InsertOthersAsync(connection, firsts.Where(d => !stored.ContainsKey(d.Id)).ToList(), lease, stored, hashes, ct);

        var outcomes = new Delivered[batch.Count];
        for (var i = 0; i < batch.Count; i++)
        {
            // Remove: of several deliveries of one event in one batch only the first was stored.
            outcomes[i] = !hashes[batch[i].Id].AsSpan().SequenceEqual(batch[i].BodyHash) ? new(DeliveryOutcome.Conflict)
                : stored.Remove(batch[i].Id, out var leased) ? new(DeliveryOutcome.Stored, leased)
                : new(DeliveryOutcome.Duplicate);
        }

        var conflicts = batch.Where((_, i) => outcomes[i].Outcome == DeliveryOutcome.Conflict).ToList();
        await using var rest = new NpgsqlBatch(connection);
        if (conflicts.Count > 0) AddConflicts(rest, conflicts);
        AuditOutbox.AddInsert(rest, [.. batch.Select((d, i) => (d.Audit(outcomes[i].Outcome), d.TraceParent))]);
        rest.BatchCommands.Add(new("COMMIT"));
        await rest.ExecuteNonQueryAsync(ct);
        return outcomes;
    }

    private static async Task InsertAsync(
        NpgsqlConnection connection, List<WebhookDelivery> rows, TimeSpan? lease, Dictionary<WebhookId, LeasedWebhook?> stored, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new("BEGIN"));
        batch.BatchCommands.Add(InsertOf(rows, lease));
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await ReadStoredAsync(reader, rows, stored, ct);
    }

    /// <summary>What stayed out goes in without a lease, unless its key is there: then with which body.</summary>
    private static async Task InsertOthersAsync(NpgsqlConnection connection, List<WebhookDelivery> rows, TimeSpan? lease,
        Dictionary<WebhookId, LeasedWebhook?> stored, Dictionary<WebhookId, byte[]> hashes, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        if (lease is not null) batch.BatchCommands.Add(InsertOf(rows, lease: null));
        batch.BatchCommands.Add(new(Hashes) { Parameters = { Column.Text(rows, d => d.Id.Connection), Column.Text(rows, d => d.Id.Event) } });
        await using var reader = await batch.ExecuteReaderAsync(ct);
        if (lease is not null)
        {
            await ReadStoredAsync(reader, rows, stored, ct);
            await reader.NextResultAsync(ct);
        }

        while (await reader.ReadAsync(ct)) hashes[new(reader.GetString(0), reader.GetString(1))] = reader.GetFieldValue<byte[]>(2);
    }

    private static async Task ReadStoredAsync(
        NpgsqlDataReader reader, List<WebhookDelivery> rows, Dictionary<WebhookId, LeasedWebhook?> stored, CancellationToken ct)
    {
        var deliveries = rows.ToDictionary(d => d.Id);
        while (await reader.ReadAsync(ct))
        {
            var d = deliveries[new(reader.GetString(0), reader.GetString(1))];
            stored[d.Id] = reader.IsDBNull(3) ? null
                : new(reader.GetInt64(2), reader.GetGuid(3), d.Id, d.Tenant, d.EventType, d.Object, d.TraceParent, d.ReceivedAt, Attempt: 0);
        }
    }

    private static NpgsqlBatchCommand InsertOf(List<WebhookDelivery> rows, TimeSpan? lease) => new(Insert)
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
            new NpgsqlParameter<TimeSpan?> { TypedValue = lease, NpgsqlDbType = NpgsqlDbType.Interval },
        },
    };

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
