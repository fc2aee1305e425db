using System.Collections.Concurrent;
using Npgsql;

namespace ComplianceGrid.Chaos;

/// <summary>Where no fault touched two events of a grain, it saved them in the order of their queue.</summary>
internal sealed class QueueOrder(NpgsqlDataSource database, string tenant)
{
    // When each was appended and when its grain had saved it, by PostgreSQL's clock, which nobody sets. Those closed by one statement have its order, not their clock's.
    private const string Events = """
        SELECT namespace, stream_key, position, appended_at, closed_at, xmin::text FROM grid.event_log
         WHERE tenant_id = $1 AND attempt = 1 ORDER BY namespace, stream_key, position
        """;

    private readonly ConcurrentBag<(DateTimeOffset From, DateTimeOffset Until)> _faults = [];

    public void Touch(DateTimeOffset from, DateTimeOffset until) => _faults.Add((from, until));

    /// <returns>Pairs that were compared, and those out of order.</returns>
    public async Task<(int Compared, IReadOnlyList<string> Wrong)> CompareAsync(CancellationToken ct)
    {
        await using var command = database.CreateCommand(Events);
        command.Parameters.Add(new() { Value = tenant });
        await using var row = await command.ExecuteReaderAsync(ct);
        var (compared, wrong) = (0, new List<string>());
        Saved? before = null;
        while (await row.ReadAsync(ct))
        {
            var saved = new Saved($"{row.GetString(0)} {row.GetString(1)}", row.GetInt64(2), row.GetFieldValue<DateTimeOffset>(3), row.GetFieldValue<DateTimeOffset>(4), row.GetString(5));
            if (IsTouched(saved)) continue;
            if (before?.Key == saved.Key)
            {
                compared++;
                if (before.ClosedAt > saved.ClosedAt && before.Transaction != saved.Transaction) wrong.Add($"{saved} was saved before {before}");
            }

            before = saved;
        }

        return (compared, wrong);
    }

    private bool IsTouched(Saved saved) => _faults.Any(fault => saved.AppendedAt <= fault.Until && saved.ClosedAt >= fault.From);

    private sealed record Saved(string Key, long Position, DateTimeOffset AppendedAt, DateTimeOffset ClosedAt, string Transaction);
}
