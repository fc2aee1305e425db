using Npgsql;

namespace ComplianceGrid.Storage.Sessions;

/// <summary>A session's end in the feed.</summary>
/// <param name="Number">Counts from 1 without a gap.</param>
public readonly record struct SessionEndRow(long Number, Guid Session);

/// <summary>Reads the feed of ends as <c>grid_api</c>.</summary>
public sealed class SessionEnds(NpgsqlDataSource grid)
{
    /// <summary>Most rows of an answer.</summary>
    public const int Page = 5000;

    private const int SecondsToAnswer = 2;

    // From the row before the first that matters on: it must be there, else rows are missing.
    private const string Recent = """
        SELECT number FROM grid.session_end WHERE ended_at < clock_timestamp() - $1 ORDER BY number DESC LIMIT 1
        """;

    private const string From = "SELECT number, session_id FROM grid.session_end WHERE number >= $1 ORDER BY number LIMIT $2";

    /// <summary>The newest row older than so long by the database's clock: those after it are the recent ones.</summary>
    /// <returns>0: there is none, and the recent ones count from 1.</returns>
    public async Task<long> BeforeRecentAsync(TimeSpan recent, CancellationToken ct)
    {
        await using var command = grid.CreateCommand(Recent);
        command.CommandTimeout = SecondsToAnswer;
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = recent });
        return await command.ExecuteScalarAsync(ct) is long number ? number : 0;
    }

    /// <summary>Rows from this number on, itself included; at most <see cref="Page"/>.</summary>
    public async Task<IReadOnlyList<SessionEndRow>> FromAsync(long number, CancellationToken ct)
    {
        await using var command = grid.CreateCommand(From);
        command.CommandTimeout = SecondsToAnswer;
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = number });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Page });
        List<SessionEndRow> rows = [];
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) rows.Add(new(reader.GetInt64(0), reader.GetGuid(1)));
        return rows;
    }
}
