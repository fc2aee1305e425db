using ComplianceGrid.Tenancy;
using Npgsql;
using NpgsqlTypes;

namespace ComplianceGrid.Storage.Events.Reader;

/// <summary>Takes an event that could not be delivered, or was never saved, out of its neighbours' way. Needs the role <c>grid_silo</c>.</summary>
public sealed class FailedEvents(NpgsqlDataSource database, TimeProvider time)
{
    // One statement, so that the event is never in two places nor in none. The counter row is locked after the event's
    // row, as everywhere; a closed row (saved meanwhile, or settled by another silo) changes nothing.
    private const string Settle = """
        WITH failed AS (
          UPDATE grid.event_log SET closed_at = clock_timestamp()
           WHERE queue = $1 AND position = $2 AND closed_at IS NULL
          RETURNING queue, event_id, namespace, stream_key, tenant_id, attempt, body),
        counter AS (
          UPDATE grid.event_queue q SET next_position = q.next_position + 1
            FROM failed
           WHERE q.queue = failed.queue AND failed.attempt < $3
          RETURNING q.next_position - 1 AS position),
        republished AS (
          INSERT INTO grid.event_log (queue, position, event_id, namespace, stream_key, tenant_id, attempt, body)
          SELECT f.queue, c.position, f.event_id, f.namespace, f.stream_key, f.tenant_id, f.attempt + 1, f.body
            FROM failed f, counter c),
        parked AS (
          INSERT INTO grid.parked_event (id, event_id, namespace, stream_key, tenant_id, body, attempts, reason)
          SELECT $4, event_id, namespace, stream_key, tenant_id, body, attempt, $5
            FROM failed
           WHERE attempt >= $3)
        SELECT attempt FROM failed
        """;

    // A record that is read again, or by two agents, is parked once.
    private const string ParkRecord = """
        INSERT INTO grid.parked_event (id, event_id, namespace, stream_key, tenant_id, body, attempts, reason, topic, partition, record_offset)
        VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8, $9, $10)
        ON CONFLICT DO NOTHING
        """;

    /// <summary>
    /// Republishes the event at a new position with its attempt counted on or, when <paramref name="maxAttempts"/> are used
    /// up, parks it with its reason.
    /// </summary>
    public async Task<FailedEventOutcome> SettleAsync(int queue, long position, int maxAttempts, string reason, CancellationToken ct)
    {
        await using var command = database.CreateCommand(Settle);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = queue });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = position });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = maxAttempts });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = Guid.CreateVersion7(time.GetUtcNow()) });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = reason });
        return await command.ExecuteScalarAsync(ct) switch
        {
            int attempt when attempt < maxAttempts => FailedEventOutcome.Republished,
            int => FailedEventOutcome.Parked,
            _ => FailedEventOutcome.AlreadyClosed,
        };
    }

    /// <summary>Parks the event now, whatever its attempt: a body that cannot be read gets no better by repeating it.</summary>
    public Task<FailedEventOutcome> ParkAsync(int queue, long position, string reason, CancellationToken ct) =>
        SettleAsync(queue, position, maxAttempts: 0, reason, ct);

    /// <summary>Parks a record that the event log does not hold. Doing it again changes nothing.</summary>
    public async Task ParkAsync(ForeignRecord record, string reason, CancellationToken ct)
    {
        var e = record.Event;
        await using var command = database.CreateCommand(ParkRecord);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = Guid.CreateVersion7(time.GetUtcNow()) });
        command.Parameters.Add(Text(e?.Id));
        command.Parameters.Add(Text(e?.Namespace));
        command.Parameters.Add(Text(e?.Key));
        command.Parameters.Add(Text(TenantKeys.TryParse(e?.Key, out var tenant, out _) ? tenant.Value : null));
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = record.Body });
        command.Parameters.Add(Text(reason));
        command.Parameters.Add(Text(record.Topic));
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = record.Partition });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = record.Offset });
        await command.ExecuteNonQueryAsync(ct);
    }

    // PostgreSQL's text holds every character but this one.
    private static NpgsqlParameter<string?> Text(string? value) => new() { TypedValue = value?.Replace('\0', ' '), NpgsqlDbType = NpgsqlDbType.Text };
}

public enum FailedEventOutcome
{
    /// <summary>Its grain saved it meanwhile, or another silo settled it.</summary>
    AlreadyClosed,
    Republished,
    Parked,
}
