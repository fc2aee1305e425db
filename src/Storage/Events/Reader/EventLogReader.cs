using ComplianceGrid.Storage.Sql;
using Npgsql;

namespace ComplianceGrid.Storage.Events.Reader;

/// <summary>
/// Reads queues of the event log in the order of their positions. Positions are taken from a counter row that stays
/// locked until its transaction ends: whoever sees a position sees every lower one, so that reading on from the highest
/// position seen skips nothing. Needs the role <c>grid_silo</c>.
/// </summary>
public sealed class EventLogReader : IAsyncDisposable
{
    private const string OpenRows = """
        SELECT asked.n, l.position, l.namespace, l.stream_key, l.attempt, l.body
          FROM unnest($1, $2, $3) WITH ORDINALITY AS asked (queue, after, max, n)
               CROSS JOIN LATERAL (
                 SELECT position, namespace, stream_key, attempt, body
                   FROM grid.event_log
                  WHERE queue = asked.queue AND position > asked.after AND closed_at IS NULL
                  ORDER BY position
                  LIMIT asked.max) l
         ORDER BY asked.n, l.position
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

    private readonly NpgsqlDataSource _database;
    private readonly GroupRead<OpenRead, IReadOnlyList<OpenEvent>> _reads; // a commit grows several queues, whose readers ask in the same moment

    public EventLogReader(NpgsqlDataSource database) => (_database, _reads) = (database, new(ReadOpenAsync));

    /// <summary>Open rows above a position (0: from the oldest), ascending.</summary>
    public Task<IReadOnlyList<OpenEvent>> ReadOpenAsync(int queue, long after, int max, CancellationToken ct) => _reads.AskAsync(new(queue, after, max), ct);

    /// <summary>The highest position that was ever given out; 0: none.</summary>
    public async Task<long> LastPositionAsync(int queue, CancellationToken ct)
    {
        await using var command = _database.CreateCommand("SELECT next_position - 1 FROM grid.event_queue WHERE queue = $1");
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = queue });
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Positions of open rows below a position, ascending.</summary>
    public async Task<IReadOnlyList<long>> OpenBelowAsync(int queue, long position, int max, CancellationToken ct)
    {
        await using var command = _database.CreateCommand(OpenPositionsBelow);
        AddParameters(command, queue, position, max);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var positions = new List<long>();
        while (await reader.ReadAsync(ct)) positions.Add(reader.GetInt64(0));
        return positions;
    }

    /// <summary>How many open rows lie above a position, counted no further than <paramref name="max"/>.</summary>
    public async Task<long> CountOpenAsync(int queue, long after, int max, CancellationToken ct)
    {
        await using var command = _database.CreateCommand(CountOpenAbove);
        AddParameters(command, queue, after, max);
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    public ValueTask DisposeAsync() => _reads.DisposeAsync();

    private async Task<IReadOnlyList<IReadOnlyList<OpenEvent>>> ReadOpenAsync(IReadOnlyList<OpenRead> reads)
    {
        await using var command = _database.CreateCommand(OpenRows);
        command.Parameters.AddRange((NpgsqlParameter[])[Column.Int(reads, read => read.Queue), Column.Long(reads, read => read.After), Column.Int(reads, read => read.Max)]);
        List<OpenEvent>[] rows = [.. reads.Select(_ => new List<OpenEvent>())];
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
            rows[row.GetInt64(0) - 1].Add(new(row.GetInt64(1), row.GetString(2), row.GetString(3), row.GetInt32(4), row.GetFieldValue<byte[]>(5)));
        return rows;
    }

    private static void AddParameters(NpgsqlCommand command, int queue, long position, int max)
    {
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = queue });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = position });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = max });
    }

    private readonly record struct OpenRead(int Queue, long After, int Max);
}
