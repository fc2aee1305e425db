using Npgsql;

namespace ComplianceGrid.Storage.Events.Reader;

/// <summary>
/// Reads a queue of the event log in the order of its positions. Positions are taken from a counter row that stays
/// locked until its transaction ends: whoever sees a position sees every lower one, so that reading on from the highest
/// position seen skips nothing. Needs the role <c>grid_silo</c>.
/// </summary>
public sealed class EventLogReader(NpgsqlDataSource database)
{
    private const string OpenRows = """
        SELECT position, namespace, stream_key, attempt, body
          FROM grid.event_log
         WHERE queue = $1 AND position > $2 AND closed_at IS NULL
         ORDER BY position
         LIMIT $3
        """;

    private const string OpenPositionsBelow = """
        SELECT position
          FROM grid.event_log
         WHERE queue = $1 AND position < $2 AND closed_at IS NULL
         ORDER BY position
         LIMIT $3
        """;

    // Counting stops somewhere: beyond it the figure says "very many", and costs no more.
    private const string CountOpenAbove = """
        SELECT count(*)
          FROM (SELECT FROM grid.event_log WHERE queue = $1 AND position > $2 AND closed_at IS NULL LIMIT $3) AS open
        """;

    /// <summary>Open rows above a position (0: from the oldest), ascending.</summary>
    public async Task<IReadOnlyList<OpenEvent>> ReadOpenAsync(int queue, long after, int max, CancellationToken ct)
    {
        await using var command = database.CreateCommand(OpenRows);
        AddParameters(command, queue, after, max);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new List<OpenEvent>();
        while (await reader.ReadAsync(ct))
            rows.Add(new(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetInt32(3), reader.GetFieldValue<byte[]>(4)));
        return rows;
    }

    /// <summary>The highest position that was ever given out; 0: none.</summary>
    public async Task<long> LastPositionAsync(int queue, CancellationToken ct)
    {
        await using var command = database.CreateCommand("SELECT next_position - 1 FROM grid.event_queue WHERE queue = $1");
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = queue });
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Positions of open rows below a position, ascending.</summary>
    public async Task<IReadOnlyList<long>> OpenBelowAsync(int queue, long position, int max, CancellationToken ct)
    {
        await using var command = database.CreateCommand(OpenPositionsBelow);
        AddParameters(command, queue, position, max);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var positions = new List<long>();
        while (await reader.ReadAsync(ct)) positions.Add(reader.GetInt64(0));
        return positions;
    }

    /// <summary>How many open rows lie above a position, counted no further than <paramref name="max"/>.</summary>
    public async Task<long> CountOpenAsync(int queue, long after, int max, CancellationToken ct)
    {
        await using var command = database.CreateCommand(CountOpenAbove);
        AddParameters(command, queue, after, max);
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    private static void AddParameters(NpgsqlCommand command, int queue, long position, int max)
    {
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = queue });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = position });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = max });
    }
}
