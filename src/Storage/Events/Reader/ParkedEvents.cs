using Npgsql;
using NpgsqlTypes;

namespace ComplianceGrid.Storage.Events.Reader;

/// <summary>Events that were given up, kept with their reason until somebody replays them.</summary>
public interface IParkedEvents
{
    /// <summary>Those not replayed, oldest first.</summary>
    /// <param name="after">The last id of the page before; null: from the oldest.</param>
    Task<IReadOnlyList<ParkedEvent>> ListAsync(Guid? after, int max, CancellationToken ct);

    /// <summary>Appends it to the event log again, as if new. False: no such event, or replayed before.</summary>
    Task<bool> ReplayAsync(Guid id, CancellationToken ct);
}

/// <summary>An event in <c>grid.parked_event</c>.</summary>
/// <param name="Attempts">How often it was published before it was given up.</param>
/// <param name="Reason">The last error: type and message.</param>
public sealed record ParkedEvent(
    Guid Id, string EventId, string Namespace, string StreamKey, string Tenant, int Attempts, string Reason, DateTimeOffset ParkedAt);

/// <summary>Needs the role <c>grid_silo</c>.</summary>
public sealed class ParkedEvents(NpgsqlDataSource database) : IParkedEvents
{
    private const string Page = """
        SELECT id, event_id, namespace, stream_key, tenant_id, attempts, reason, parked_at
          FROM grid.parked_event
         WHERE replayed_at IS NULL AND ($1 IS NULL OR id > $1)
         ORDER BY id
         LIMIT $2
        """;

    private const string StreamKeyOf = "SELECT stream_key FROM grid.parked_event WHERE id = $1 AND replayed_at IS NULL";

    private const string Replay = """
        WITH parked AS (
          UPDATE grid.parked_event SET replayed_at = clock_timestamp()
           WHERE id = $1 AND replayed_at IS NULL
          RETURNING event_id, namespace, stream_key, tenant_id, body),
        counter AS (
          UPDATE grid.event_queue q SET next_position = q.next_position + 1
            FROM parked
           WHERE q.queue = $2
          RETURNING q.next_position - 1 AS position)
        INSERT INTO grid.event_log (queue, position, event_id, namespace, stream_key, tenant_id, body)
        SELECT $2, c.position, p.event_id, p.namespace, p.stream_key, p.tenant_id, p.body
          FROM parked p, counter c
        """;

    public async Task<IReadOnlyList<ParkedEvent>> ListAsync(Guid? after, int max, CancellationToken ct)
    {
        await using var command = database.CreateCommand(Page);
        command.Parameters.Add(new() { Value = (object?)after ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = max });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var page = new List<ParkedEvent>();
        while (await reader.ReadAsync(ct))
        {
            page.Add(new(reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4),
                reader.GetInt32(5), reader.GetString(6), reader.GetFieldValue<DateTimeOffset>(7)));
        }

        return page;
    }

    public async Task<bool> ReplayAsync(Guid id, CancellationToken ct)
    {
        await using var find = database.CreateCommand(StreamKeyOf);
        find.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        if (await find.ExecuteScalarAsync(ct) is not string streamKey) return false;

        await using var replay = database.CreateCommand(Replay);
        replay.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        replay.Parameters.Add(new NpgsqlParameter<int> { TypedValue = EventQueues.Of(streamKey) });
        return await replay.ExecuteNonQueryAsync(ct) > 0;
    }
}
