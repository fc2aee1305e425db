using ComplianceGrid.Tenancy;
using Npgsql;
using static ComplianceGrid.Storage.Sql.Parameters;

namespace ComplianceGrid.Storage.Identity;

/// <summary>That somebody's second factor shall be replaced.</summary>
/// <param name="AskedBy">The account of who asked; another one has to approve.</param>
public sealed record FactorReset(TenantId Tenant, Guid Account, Guid AskedBy, DateTimeOffset AskedAt, DateTimeOffset ExpiresAt);

/// <summary><c>identity.factor_reset</c>, as <c>grid_api</c>, each call in its tenant's scope and its own transaction.</summary>
public sealed class FactorResets(NpgsqlDataSource api)
{
    /// <summary>Of the account that <c>taken</c> names: the newest password is one that nobody has, whatever a clock that was ahead wrote before.</summary>
    private const string Void = """
        apps AS (DELETE FROM identity.totp USING taken WHERE totp.account_id = taken.account_id),
        telephones AS (DELETE FROM identity.telephone USING taken WHERE telephone.account_id = taken.account_id),
        codes AS (DELETE FROM identity.recovery_code USING taken WHERE recovery_code.account_id = taken.account_id),
        passkeys AS (DELETE FROM identity.account_passkey USING taken WHERE account_passkey.user_id = taken.account_id),
        secrets AS (DELETE FROM identity.one_time_token USING taken WHERE one_time_token.account_id = taken.account_id),
        password AS (
          INSERT INTO identity.password (account_id, set_at, hash)
          SELECT account_id, greatest($2, (SELECT max(set_at) + interval '1 millisecond' FROM identity.password kept WHERE kept.account_id = taken.account_id)), $3
          FROM taken)
        """;

    /// <summary>Who asks again asks from now on.</summary>
    /// <returns>The request in force: another one's, if there is one that has not expired.</returns>
    public Task<FactorReset> AskAsync(FactorReset reset, CancellationToken ct) => SingleAsync(reset.Tenant, new("""
        INSERT INTO identity.factor_reset AS known (tenant_id, account_id, asked_by, asked_at, expires_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (tenant_id, account_id) DO UPDATE SET
          asked_by = CASE WHEN known.expires_at <= $4 THEN excluded.asked_by ELSE known.asked_by END,
          asked_at = CASE WHEN known.expires_at <= $4 OR known.asked_by = $3 THEN excluded.asked_at ELSE known.asked_at END,
          expires_at = CASE WHEN known.expires_at <= $4 OR known.asked_by = $3 THEN excluded.expires_at ELSE known.expires_at END
        RETURNING tenant_id, account_id, asked_by, asked_at, expires_at
        """)
    {
        Parameters = { Text(reset.Tenant.Value), Uuid(reset.Account), Uuid(reset.AskedBy), Instant(reset.AskedAt), Instant(reset.ExpiresAt) },
    }, ct)!;

    /// <summary>Null: nobody has asked, or too long ago.</summary>
    public Task<FactorReset?> FindAsync(TenantId tenant, Guid account, DateTimeOffset now, CancellationToken ct) => SingleAsync(tenant, new(
        "SELECT tenant_id, account_id, asked_by, asked_at, expires_at FROM identity.factor_reset WHERE tenant_id = $1 AND account_id = $2 AND expires_at > $3")
    {
        Parameters = { Text(tenant.Value), Uuid(account), Instant(now) },
    }, ct);

    /// <returns>Null: there was none that had not expired.</returns>
    public Task<FactorReset?> WithdrawAsync(TenantId tenant, Guid account, DateTimeOffset now, CancellationToken ct) => SingleAsync(tenant, new("""
        DELETE FROM identity.factor_reset WHERE tenant_id = $1 AND account_id = $2 AND expires_at > $3
        RETURNING tenant_id, account_id, asked_by, asked_at, expires_at
        """)
    {
        Parameters = { Text(tenant.Value), Uuid(account), Instant(now) },
    }, ct);

    /// <summary>
    /// Does it, all or nothing: the second factors, the secrets in anybody's hand and the password are void. Of two who approve at once, one does.
    /// </summary>
    /// <param name="unusable">A password's hash that fits nothing anybody has.</param>
    /// <returns>Null: nobody else has asked, or too long ago.</returns>
    public Task<FactorReset?> ApproveAsync(TenantId tenant, Guid account, Guid approver, string unusable, DateTimeOffset now, CancellationToken ct) => SingleAsync(tenant, new($"""
        WITH taken AS (
          DELETE FROM identity.factor_reset WHERE account_id = $1 AND expires_at > $2 AND tenant_id = $4 AND asked_by <> $5
          RETURNING tenant_id, account_id, asked_by, asked_at, expires_at),
        {Void}
        SELECT tenant_id, account_id, asked_by, asked_at, expires_at FROM taken
        """)
    {
        Parameters = { Uuid(account), Instant(now), Text(unusable), Text(tenant.Value), Uuid(approver) },
    }, ct);

    /// <summary>The same by an operator, whom nobody has asked here: for whoever belongs to several tenants, none of which may do it.</summary>
    public async Task VoidAsync(Guid account, string unusable, DateTimeOffset now, CancellationToken ct)
    {
        await using var command = api.CreateCommand($"WITH taken AS (SELECT $1 AS account_id),\n{Void}\nSELECT FROM taken");
        foreach (var parameter in new NpgsqlParameter[] { Uuid(account), Instant(now), Text(unusable) }) command.Parameters.Add(parameter);
        await command.ExecuteNonQueryAsync(ct);
    }

    private async Task<FactorReset?> SingleAsync(TenantId tenant, NpgsqlBatchCommand command, CancellationToken ct)
    {
        await using var batch = api.CreateBatch();
        batch.BatchCommands.Add(new("SELECT set_config('app.tenant_id', $1, true)") { Parameters = { Text(tenant.Value) } });
        batch.BatchCommands.Add(command);
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        return await reader.ReadAsync(ct)
            ? new(new(reader.GetString(0)), reader.GetGuid(1), reader.GetGuid(2), reader.GetFieldValue<DateTimeOffset>(3), reader.GetFieldValue<DateTimeOffset>(4))
            : null;
    }
}
