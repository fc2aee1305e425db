using ComplianceGrid.Events;
using ComplianceGrid.Storage.Sql;
using Npgsql;
using NpgsqlTypes;

namespace ComplianceGrid.Storage.Events;

/// <summary>
/// Statements on <c>grid.event_log</c> for whoever holds a transaction: grain writes, the gateway's inbox, the transport.
/// Positions are dense because the counter rows stay locked until the appending transaction ends: append last.
/// </summary>
public static class EventLog
{
    // Queues in ascending order, so that no two appenders wait for each other. A statement of its own: the next one's
    // snapshot is taken when the rows are ours.
    private const string Lock = "SELECT FROM grid.event_queue WHERE queue = ANY ($1) ORDER BY queue FOR UPDATE";

    private const string Insert = """
        WITH input AS (
          SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7) WITH ORDINALITY
            AS t (queue, event_id, namespace, stream_key, tenant_id, attempt, body, n)),
        taken AS (
          UPDATE grid.event_queue q SET next_position = q.next_position + i.events
            FROM (SELECT queue, count(*) AS events FROM input GROUP BY queue) i
           WHERE q.queue = i.queue
          RETURNING q.queue, q.next_position - i.events AS first)
        INSERT INTO grid.event_log (queue, position, event_id, namespace, stream_key, tenant_id, attempt, body)
        SELECT i.queue, t.first + row_number() OVER (PARTITION BY i.queue ORDER BY i.n) - 1,
               i.event_id, i.namespace, i.stream_key, i.tenant_id, i.attempt, i.body
          FROM input i JOIN taken t ON t.queue = i.queue
        """;

    // By the key, and "still open" said so that the index of open rows cannot serve: where the statistics saw all rows closed, the
    // planner began with that index and compared every open row with every position (20,000 open: 800 events/s).
    private const string Close = """
        UPDATE grid.event_log l SET closed_at = clock_timestamp()
          FROM unnest($1, $2) AS c (queue, position)
         WHERE l.queue = c.queue AND l.position = c.position AND coalesce(l.closed_at, 'infinity') = 'infinity'
        """;

    /// <summary>
    /// Adds the append to a batch that runs inside a transaction, as the last commands before its commit. Within a queue the
    /// order of <paramref name="entries"/> is kept. Needs no setting of row-level security.
    /// </summary>
    public static void AddAppend(NpgsqlBatch batch, IReadOnlyList<EventLogEntry> entries)
    {
        if (entries.Count == 0) return;
        int[] queues = [.. entries.Select(e => e.Queue).Distinct().Order()];
        batch.BatchCommands.Add(new(Lock)
        {
            Parameters = { new NpgsqlParameter<int[]> { TypedValue = queues, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer } },
        });
        batch.BatchCommands.Add(new(Insert)
        {
            Parameters =
            {
                Column.Int(entries, e => e.Queue),
                Column.Text(entries, e => e.EventId),
                Column.Text(entries, e => e.Namespace),
                Column.Text(entries, e => e.StreamKey),
                Column.Text(entries, e => e.Tenant),
                Column.Int(entries, e => e.Attempt),
                Column.Bytes(entries, e => e.Body),
            },
        });
    }

    /// <summary>Adds the closing of rows to a batch; rows that are closed already stay as they are. Not for <c>grid_gateway</c>.</summary>
    public static void AddClose(NpgsqlBatch batch, IReadOnlyList<EventLogPosition> positions)
    {
        if (positions.Count == 0) return;
        batch.BatchCommands.Add(new(Close)
        {
            Parameters = { Column.Int(positions, p => p.Queue), Column.Long(positions, p => p.Position) },
        });
    }

    /// <summary>
    /// Appends on an open connection inside the caller's transaction, as its last statement. Signal <see cref="EventHints"/>
    /// after the commit.
    /// </summary>
    public static async Task AppendAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<EventLogEntry> entries, CancellationToken ct = default)
    {
        if (entries.Count == 0) return;
        await using var batch = new NpgsqlBatch(connection, transaction);
        AddAppend(batch, entries);
        await batch.ExecuteNonQueryAsync(ct);
    }
}
