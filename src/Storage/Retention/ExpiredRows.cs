using System.Runtime.CompilerServices;
using ComplianceGrid.Storage.Events;
using Npgsql;

namespace ComplianceGrid.Storage.Retention;

/// <summary>
/// Removes rows of the transport that have served, batch by batch, each batch a transaction of its own: who is stopped in between
/// goes on the next time. Role <c>grid_sweeper</c>, which may call the functions of migrations 0011 and 0016 and has no DELETE: open, leased
/// and parked rows are out of its reach. Each call yields how many rows a batch removed.
/// </summary>
/// <param name="batch">1 to 5,000 rows, the functions' own bounds.</param>
public sealed class ExpiredRows(NpgsqlDataSource sweeper, int batch = ExpiredRows.LargestBatch)
{
    public const int LargestBatch = 5000;

    private const string Events = "SELECT removed, next FROM grid.remove_closed_events($1, $2, $3, $4)";
    private const string Webhooks = "SELECT removed, next FROM grid.remove_done_webhooks($1, $2, $3)";
    private const string Conflicts = "SELECT removed, next FROM grid.remove_webhook_conflicts($1, $2, $3)";
    private const string SessionEnds = "SELECT removed, next FROM grid.remove_session_ends($1, $2, $3)";
    private const string Replayed = "SELECT removed, next FROM grid.remove_replayed_events($1, $2, $3)";

    /// <summary>Events of the log that their grain saved before this instant.</summary>
    public async IAsyncEnumerable<int> RemoveEventsAsync(DateTimeOffset before, [EnumeratorCancellation] CancellationToken ct)
    {
        for (var queue = 0; queue < EventQueues.Count; queue++)
        {
            await foreach (var removed in WalkAsync(Events, before, queue, ct)) yield return removed;
        }
    }

    /// <summary>Webhooks done or ignored before this instant. From then on the same event id counts as new.</summary>
    public IAsyncEnumerable<int> RemoveWebhooksAsync(DateTimeOffset before, CancellationToken ct) => WalkAsync(Webhooks, before, null, ct);

    /// <summary>Other bodies under a known event id, received before this instant.</summary>
    public IAsyncEnumerable<int> RemoveConflictsAsync(DateTimeOffset before, CancellationToken ct) => WalkAsync(Conflicts, before, null, ct);

    /// <summary>Parked events that were replayed before this instant.</summary>
    public IAsyncEnumerable<int> RemoveReplayedAsync(DateTimeOffset before, CancellationToken ct) => WalkAsync(Replayed, before, null, ct);

    /// <summary>Ends of sessions before this instant, but for the last of them.</summary>
    public IAsyncEnumerable<int> RemoveSessionEndsAsync(DateTimeOffset before, CancellationToken ct) => WalkAsync(SessionEnds, before, null, ct);

    private async IAsyncEnumerable<int> WalkAsync(string sql, DateTimeOffset before, int? queue, [EnumeratorCancellation] CancellationToken ct)
    {
        for (long? next = 0; next is { } after;)
        {
#pragma warning disable CA2100 // one of the constants above
            await using var command = sweeper.CreateCommand(sql);
#pragma warning restore CA2100
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after });
            command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = before });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = batch });
            if (queue is { } number) command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = number });
            int removed;
            await using (var reader = await command.ExecuteReaderAsync(ct))
            {
                await reader.ReadAsync(ct);
                (removed, next) = (reader.GetInt32(0), await reader.IsDBNullAsync(1, ct) ? null : reader.GetInt64(1));
            }

            yield return removed;
        }
    }
}
