using Npgsql;

namespace ComplianceGrid.Storage.Inbox;

/// <summary>
/// Hands out rows of the inbox that did not come with a lease: it is written and committed, so that no transaction is open while the vendor is asked.
/// Times are the database's, so that processes with different clocks agree on who holds what.
/// </summary>
public sealed class InboxLeases(NpgsqlDataSource dataSource)
{
    /// <summary>Claims are taken one after the other; the unique index on leased objects stands behind it.</summary>
    private const string Serialize = "SELECT pg_advisory_xact_lock(725201)";

    private const string Claim = """
        WITH ready AS (
          SELECT id, connection_id, object_kind, object_id, next_attempt_at
            FROM grid.webhook_inbox i
           WHERE state = 0 AND next_attempt_at <= clock_timestamp() AND (lease_until IS NULL OR lease_until <= clock_timestamp())
             AND NOT EXISTS (SELECT FROM grid.webhook_inbox o
                              WHERE o.connection_id = i.connection_id AND o.object_kind = i.object_kind AND o.object_id = i.object_id
                                AND o.lease_token IS NOT NULL AND o.id <> i.id)
           ORDER BY next_attempt_at, id
           LIMIT $1),
        chosen AS (
          SELECT DISTINCT ON (connection_id, object_kind, object_id) id
            FROM ready ORDER BY connection_id, object_kind, object_id, next_attempt_at, id)
        UPDATE grid.webhook_inbox SET lease_token = gen_random_uuid(), lease_until = clock_timestamp() + $2
         WHERE id IN (SELECT id FROM chosen)
        RETURNING id, lease_token, connection_id, event_id, tenant_id, event_type, object_kind, object_id, traceparent, received_at, attempt
        """;

    /// <summary>Of those that are due: another delivery of their object is under work, or they are more than were asked for.</summary>
    private const string Left = """
        SELECT EXISTS (SELECT FROM grid.webhook_inbox WHERE state = 0 AND next_attempt_at <= clock_timestamp() AND lease_token IS NULL)
        """;

    private const string Postpone = """
        UPDATE grid.webhook_inbox
           SET attempt = attempt + $3, next_attempt_at = clock_timestamp() + $4, error = $5, lease_token = NULL, lease_until = NULL
         WHERE id = $1 AND lease_token = $2
        """;

    private const string Park = """
        UPDATE grid.webhook_inbox
           SET state = $3, attempt = attempt + 1, error = $4, waits_for = $5, closed_at = clock_timestamp(), lease_token = NULL, lease_until = NULL
         WHERE id = $1 AND lease_token = $2
        """;

    /// <summary>At most <paramref name="count"/> rows, never two of the same vendor object.</summary>
    public async Task<ClaimedWebhooks> ClaimAsync(int count, TimeSpan lease, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                return await TryClaimAsync(count, lease, ct);
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DeadlockDetected)
            {
                // A webhook about one of these objects comes in with its lease meanwhile, for which the intake takes no lock: the next look sees it.
            }
        }
    }

    /// <summary>Gives the row back for a later try. False: the lease had been taken over.</summary>
    /// <param name="counts">False when the row was never tried, because its vendor is known to be away.</param>
    public Task<bool> PostponeAsync(LeasedWebhook webhook, bool counts, TimeSpan delay, string error, CancellationToken ct) =>
        ExecuteAsync(Postpone, [new() { Value = webhook.Id }, new() { Value = webhook.Token }, new() { Value = counts ? 1 : 0 },
            new() { Value = delay }, new() { Value = error }], ct);

    /// <summary>Puts the row aside with its reason. False: the lease had been taken over.</summary>
    /// <param name="waitsFor">The vendor's id whose arrival opens it again (<see cref="InboxState.Unmatched"/>).</param>
    public Task<bool> ParkAsync(LeasedWebhook webhook, InboxState state, string error, string? waitsFor, CancellationToken ct) =>
        ExecuteAsync(Park, [new() { Value = webhook.Id }, new() { Value = webhook.Token }, new() { Value = (short)state },
            new() { Value = error }, new NpgsqlParameter<string?> { TypedValue = waitsFor, DataTypeName = "text" }], ct);

    private async Task<ClaimedWebhooks> TryClaimAsync(int count, TimeSpan lease, CancellationToken ct)
    {
        await using var batch = dataSource.CreateBatch(); // one implicit transaction: locked, leased and committed in one round trip
        batch.BatchCommands.Add(new(Serialize));
        batch.BatchCommands.Add(new(Claim) { Parameters = { new() { Value = count }, new() { Value = lease } } });
        batch.BatchCommands.Add(new(Left));
        var leased = new List<LeasedWebhook>();
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        while (await reader.ReadAsync(ct)) leased.Add(Read(reader));
        await reader.NextResultAsync(ct);
        await reader.ReadAsync(ct);
        return new(leased, reader.GetBoolean(0));
    }

    private async Task<bool> ExecuteAsync(string sql, NpgsqlParameter[] parameters, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        return await command.ExecuteNonQueryAsync(ct) == 1;
    }

    private static LeasedWebhook Read(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetGuid(1), new(row.GetString(2), row.GetString(3)), row.GetString(4), row.GetString(5),
        new(row.GetString(6), row.GetString(7)), row.IsDBNull(8) ? null : row.GetString(8),
        row.GetFieldValue<DateTimeOffset>(9), row.GetInt32(10));
}
