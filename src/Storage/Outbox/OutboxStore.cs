using ComplianceGrid.Storage.Sql;
using Npgsql;
using NpgsqlTypes;

namespace ComplianceGrid.Storage.Outbox;

/// <summary>
/// What a relay needs of <c>grid.outbox</c>: claim what is due, hand it over, delete it; or record why not, and when to try
/// again. A claim is a lease: who dies with it gives it back by time. Delivery is at least once. Role <c>grid_silo</c>.
/// </summary>
public sealed class OutboxStore(NpgsqlDataSource source)
{
    private const int LongestError = 500;

    // Locked rows are another relay's; leased ones have their next attempt in the future. The database's clock alone counts.
    // In a WITH of its own, which runs once: as a subquery a plan may repeat it, and take more than the limit.
    private const string Claim = """
        WITH due AS MATERIALIZED (
          SELECT id FROM grid.outbox
           WHERE kind = $1 AND shard = $2 AND next_attempt_at <= clock_timestamp()
           ORDER BY position LIMIT $3 FOR UPDATE SKIP LOCKED)
        UPDATE grid.outbox o SET attempt = o.attempt + 1, next_attempt_at = clock_timestamp() + $4
          FROM due WHERE o.id = due.id
        RETURNING o.id, o.tenant_id, o.kind, o.shard, o.body, o.traceparent, o.attempt, o.position, o.created_at, o.sealed
        """;

    private const string Delete = "DELETE FROM grid.outbox WHERE id = ANY ($1)";

    // The last attempt's own record: a lease that another relay took over meanwhile stays with it.
    private const string Fail = """
        UPDATE grid.outbox o SET error = $3, next_attempt_at = clock_timestamp() + make_interval(secs => f.pause)
          FROM unnest($1, $2, $4) AS f (id, attempt, pause)
         WHERE o.id = f.id AND o.attempt = f.attempt
        """;

    private const string Count = "SELECT count(*), min(created_at) FROM grid.outbox WHERE kind = $1";

    /// <summary>Takes up to <paramref name="limit"/> due messages, oldest first. Theirs is the lease's time until they are due again.</summary>
    /// <param name="shard">The ledger shard for audit, 0 for the rest.</param>
    public async Task<IReadOnlyList<ClaimedMessage>> ClaimAsync(
        string kind, int shard, int limit, TimeSpan lease, CancellationToken ct = default)
    {
        await using var command = source.CreateCommand(Claim);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = kind });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = shard });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = lease });
        List<(long Position, ClaimedMessage Message)> claimed = [];
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var message = new OutboxMessage(reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetInt32(3),
                reader.GetFieldValue<byte[]>(4), await reader.IsDBNullAsync(5, ct) ? null : reader.GetString(5))
            {
                Sealed = await reader.IsDBNullAsync(9, ct) ? null : reader.GetFieldValue<byte[]>(9),
            };
            claimed.Add((reader.GetInt64(7), new(message, reader.GetInt32(6), reader.GetFieldValue<DateTimeOffset>(8))));
        }

        return [.. claimed.OrderBy(c => c.Position).Select(c => c.Message)];
    }

    /// <summary>Removes what was handed over.</summary>
    public async Task DeleteAsync(IReadOnlyCollection<Guid> ids, CancellationToken ct = default)
    {
        if (ids.Count == 0) return;
        await using var command = source.CreateCommand(Delete);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. ids], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Records why a message was not handed over; it is due again after <see cref="OutboxBackOff"/>.</summary>
    /// <param name="error">Codes and types only: no personal datum.</param>
    public Task FailAsync(ClaimedMessage claimed, string error, CancellationToken ct = default) => FailAsync([claimed], error, ct);

    /// <summary>The same for a batch that failed together, in one statement; each is due again by its own attempts.</summary>
    /// <param name="error">Codes and types only: no personal datum.</param>
    public async Task FailAsync(IReadOnlyList<ClaimedMessage> claimed, string error, CancellationToken ct = default)
    {
        if (claimed.Count == 0) return;
        await using var command = source.CreateCommand(Fail);
        command.Parameters.Add(Column.Id(claimed, c => c.Message.Id));
        command.Parameters.Add(Column.Int(claimed, c => c.Attempt));
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = error.Length <= LongestError ? error : error[..LongestError] });
        command.Parameters.Add(Column.Int(claimed, c => (int)OutboxBackOff.After(c.Attempt).TotalSeconds));
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>How many messages of a kind wait, and since when the oldest does: for the relay's metrics.</summary>
    public async Task<OutboxBacklog> BacklogAsync(string kind, CancellationToken ct = default)
    {
        await using var command = source.CreateCommand(Count);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = kind });
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return new(reader.GetInt64(0), await reader.IsDBNullAsync(1, ct) ? null : reader.GetFieldValue<DateTimeOffset>(1));
    }
}

/// <param name="Attempt">1 for the first.</param>
public sealed record ClaimedMessage(OutboxMessage Message, int Attempt, DateTimeOffset CreatedAt);

public sealed record OutboxBacklog(long Messages, DateTimeOffset? Oldest);

/// <summary>Doubling from one second to five minutes; an outbox never gives up.</summary>
public static class OutboxBackOff
{
    public static TimeSpan After(int attempt) => TimeSpan.FromSeconds(Math.Min(300, 1L << Math.Clamp(attempt - 1, 0, 9)));
}
