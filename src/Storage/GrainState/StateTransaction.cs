using ComplianceGrid.Storage.Events;
using ComplianceGrid.Storage.Outbox;
using ComplianceGrid.Storage.Projections;
using ComplianceGrid.Storage.Projections.Writes;
using ComplianceGrid.Storage.Sessions;
using Npgsql;

namespace ComplianceGrid.Storage.GrainState;

/// <summary>One attempt to commit a group of writes, in two round trips: the states; then what the written ones bring, and COMMIT.</summary>
internal sealed class StateTransaction(NpgsqlDataSource source, short shard)
{
    /// <returns>Which of the writes were made, and the events that were appended for them.</returns>
    /// <exception cref="OutcomeUnknownException">COMMIT was sent and not answered.</exception>
    public async Task<Committed> RunAsync(IReadOnlyList<StateWrite> writes)
    {
        await using var connection = await source.OpenConnectionAsync();
        var rows = await WriteStatesAsync(connection, writes);
        StateWrite[] written = [.. writes.Where(w => rows.Contains(w.Row))];
        EventLogEntry[] events = [.. written.SelectMany(w => w.Commit.Events).Select(EventLogEntry.Of)];
        await using var batch = Extras(connection, written, events);
        batch.BatchCommands.Add(new("COMMIT"));
        try
        {
            await batch.ExecuteNonQueryAsync();
        }
        catch (Exception e) when (IsOutcomeUnknown(e))
        {
            throw new OutcomeUnknownException(e);
        }

        return new(rows, events);
    }

    private static async Task<HashSet<(string, string)>> WriteStatesAsync(NpgsqlConnection connection, IReadOnlyList<StateWrite> writes)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new("BEGIN"));
        batch.BatchCommands.Add(StateSql.SetScope(string.Join(',', writes.Select(w => w.Tenant.Value).Distinct())));
        StateSql.AddWrites(batch, writes);
        HashSet<(string, string)> rows = [];
        await using var reader = await batch.ExecuteReaderAsync();
        while (await reader.NextResultAsync()) // the first result is the setting's
        {
            while (await reader.ReadAsync()) rows.Add((reader.GetString(0), reader.GetString(1)));
        }

        return rows;
    }

    // Hot rows last: the counts, then the event queues' counters and the sessions', which order all appenders until the commit.
    private NpgsqlBatch Extras(NpgsqlConnection connection, StateWrite[] written, EventLogEntry[] events)
    {
        ProjectionRow[] projections = [.. written.Select(w => w.Commit.Projection).OfType<ProjectionRow>()];
        var batch = new NpgsqlBatch(connection);
        OutboxInsert.Add(batch, [.. written.SelectMany(w => w.Commit.Outbox)]);
        EventLog.AddClose(batch, [.. written.SelectMany(w => w.Commit.Applied)]);
        PolicyUpsert.Add(batch, [.. projections.OfType<PolicyRow>()]);
        OrderUpsert.Add(batch, [.. projections.OfType<OrderRow>()]);
        EmployeeUpsert.Add(batch, [.. projections.OfType<EmployeeRow>()], shard);
        EventLog.AddAppend(batch, events);
        SessionEndInsert.Add(batch, [.. written.Where(w => w.Commit.EndedSession is not null)]);
        return batch;
    }

    // An error that PostgreSQL reports rolls everything back, unless it reports the end of the session; a broken or silent
    // connection says nothing.
    private static bool IsOutcomeUnknown(Exception e) => e switch
    {
        PostgresException p => p.SqlState.StartsWith("57P", StringComparison.Ordinal) || p.SqlState.StartsWith("08", StringComparison.Ordinal),
        NpgsqlException or IOException or TimeoutException or OperationCanceledException => true,
        _ => false, // refused by the client before anything was sent
    };
}

internal sealed record Committed(HashSet<(string, string)> Rows, EventLogEntry[] Events);

internal sealed class OutcomeUnknownException(Exception inner) : Exception("The commit was not answered.", inner);
