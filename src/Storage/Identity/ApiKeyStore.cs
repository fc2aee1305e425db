using System.Collections.Immutable;
using ComplianceGrid.Storage.Sql;
using ComplianceGrid.Tenancy;
using Npgsql;
using NpgsqlTypes;
using static ComplianceGrid.Storage.Sql.Parameters;

namespace ComplianceGrid.Storage.Identity;

/// <summary>
/// <c>identity.api_key</c>, as <c>grid_api</c>. Row-level security shows a tenant's keys to the tenant, and the one that is presented to
/// whoever presents it; each call sets the scope that it needs, in its own transaction.
/// </summary>
public sealed class ApiKeyStore(NpgsqlDataSource api)
{
    /// <summary>Of a tenant, without the revoked ones.</summary>
    public const int Most = 200;

    private const int SecondsToAnswer = 3;
    private static readonly TimeSpan KeptRevoked = TimeSpan.FromDays(90);

    private const string Columns = "k.id, k.tenant_id, k.prefix, k.name, k.permissions, k.owner_id, k.created_at, k.hashes, k.good_until, k.last_used_at, k.revoked_at, k.revision";

    // The tenant is the row's own; its members' rows are then open to the same transaction.
    private const string ScopeOfPresented = """
        SELECT set_config('app.tenant_id', coalesce((SELECT tenant_id FROM identity.api_key WHERE prefix = $1), ''), true)
        """;

    private const string Presented = $"""
        SELECT {Columns}, m.roles, m.sites, m.employee_id
          FROM identity.api_key k
          LEFT JOIN identity.account a ON a.id = k.owner_id AND a.disabled_at IS NULL
          LEFT JOIN identity.membership m ON m.tenant_id = k.tenant_id AND m.account_id = a.id
         WHERE k.prefix = $1
        """;

    private const string Insert = """
        INSERT INTO identity.api_key (id, tenant_id, prefix, name, permissions, owner_id, created_at, hashes, good_until)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9
         WHERE (SELECT count(*) FROM identity.api_key WHERE tenant_id = $2 AND revoked_at IS NULL) < $10
        """;

    /// <summary>As presented, by its prefix. Null: there is none.</summary>
    public Task<PresentedApiKey?> FindPresentedAsync(string prefix, CancellationToken ct) => LostConnection.RepeatAsync(api, async () =>
    {
        await using var batch = api.CreateBatch();
        batch.Timeout = SecondsToAnswer; // a request waits for it
        batch.BatchCommands.Add(new("SELECT set_config('app.api_key', $1, true)") { Parameters = { Text(prefix) } });
        batch.BatchCommands.Add(new(ScopeOfPresented) { Parameters = { Text(prefix) } });
        batch.BatchCommands.Add(new(Presented) { Parameters = { Text(prefix) } });
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        await reader.NextResultAsync(ct);
        if (!await reader.ReadAsync(ct)) return null;
        var key = Map(reader);
        return new PresentedApiKey(key, reader.IsDBNull(12) ? null : new(
            key.Tenant, key.Owner, [.. reader.GetFieldValue<string[]>(12)], [.. reader.GetFieldValue<string[]>(13)], reader.IsDBNull(14) ? null : reader.GetGuid(14)));
    });

    /// <summary>All of a tenant's, oldest first, the lately revoked ones among them.</summary>
    public Task<List<ApiKeyRow>> OfTenantAsync(TenantId tenant, CancellationToken ct) =>
        ReadAsync(tenant, new($"SELECT {Columns} FROM identity.api_key k WHERE k.tenant_id = $1 ORDER BY k.created_at, k.id") { Parameters = { Text(tenant.Value) } }, ct);

    public async Task<ApiKeyRow?> FindAsync(TenantId tenant, Guid id, CancellationToken ct) =>
        (await ReadAsync(tenant, new($"SELECT {Columns} FROM identity.api_key k WHERE k.tenant_id = $1 AND k.id = $2") { Parameters = { Text(tenant.Value), Uuid(id) } }, ct)).SingleOrDefault();

    /// <returns>False: the tenant has <see cref="Most"/> of them.</returns>
    public async Task<bool> AddAsync(ApiKeyRow key, CancellationToken ct)
    {
        await using var batch = Batch(key.Tenant);
        batch.BatchCommands.Add(new("DELETE FROM identity.api_key WHERE tenant_id = $1 AND revoked_at < $2") { Parameters = { Text(key.Tenant.Value), Instant(key.CreatedAt - KeptRevoked) } });
        var insert = new NpgsqlBatchCommand(Insert)
        {
            Parameters =
            {
                Uuid(key.Id), Text(key.Tenant.Value), Text(key.Prefix), Text(key.Name), Texts(key.Permissions), Uuid(key.Owner), Instant(key.CreatedAt),
                Hashes(key.Secrets), Instants(key.Secrets), new NpgsqlParameter<int> { TypedValue = Most },
            },
        };
        batch.BatchCommands.Add(insert);
        await batch.ExecuteNonQueryAsync(ct);
        return insert.RecordsAffected == 1;
    }

    /// <summary>Puts the secrets in place of those that were seen.</summary>
    /// <returns>False: the key was changed or revoked meanwhile. Of two who replace them at once, one does.</returns>
    public async Task<bool> ReplaceSecretsAsync(ApiKeyRow seen, Guid owner, ImmutableArray<ApiKeySecret> secrets, CancellationToken ct) => await ChangeAsync(seen.Tenant, new(
        """
        UPDATE identity.api_key SET owner_id = $3, hashes = $4, good_until = $5, revision = revision + 1
         WHERE tenant_id = $1 AND id = $2 AND revision = $6 AND revoked_at IS NULL
        """)
    { Parameters = { Text(seen.Tenant.Value), Uuid(seen.Id), Uuid(owner), Hashes(secrets), Instants(secrets), new NpgsqlParameter<long> { TypedValue = seen.Revision } } }, ct) == 1;

    /// <returns>False: there is none of that id that was not revoked before.</returns>
    public async Task<bool> RevokeAsync(TenantId tenant, Guid id, DateTimeOffset now, CancellationToken ct) => await ChangeAsync(tenant, new(
        "UPDATE identity.api_key SET revoked_at = $3, revision = revision + 1 WHERE tenant_id = $1 AND id = $2 AND revoked_at IS NULL")
    { Parameters = { Text(tenant.Value), Uuid(id), Instant(now) } }, ct) == 1;

    /// <summary>Never back in time, whichever process tells last.</summary>
    public Task<int> UsedAsync(TenantId tenant, Guid id, DateTimeOffset at, CancellationToken ct) => ChangeAsync(tenant, new(
        "UPDATE identity.api_key SET last_used_at = greatest(last_used_at, $3) WHERE tenant_id = $1 AND id = $2")
    { Parameters = { Text(tenant.Value), Uuid(id), Instant(at) } }, ct);

    private async Task<int> ChangeAsync(TenantId tenant, NpgsqlBatchCommand change, CancellationToken ct)
    {
        await using var batch = Batch(tenant);
        batch.BatchCommands.Add(change);
        await batch.ExecuteNonQueryAsync(ct);
        return (int)change.RecordsAffected;
    }

    /// <summary>A read may be repeated on a new connection when its own was lost.</summary>
    private Task<List<ApiKeyRow>> ReadAsync(TenantId tenant, NpgsqlBatchCommand query, CancellationToken ct) => LostConnection.RepeatAsync(api, async () =>
    {
        await using var batch = Batch(tenant);
        var again = new NpgsqlBatchCommand(query.CommandText);
        foreach (NpgsqlParameter parameter in query.Parameters) again.Parameters.Add(parameter.Clone());
        batch.BatchCommands.Add(again);
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        var rows = new List<ApiKeyRow>();
        while (await reader.ReadAsync(ct)) rows.Add(Map(reader));
        return rows;
    });

    private NpgsqlBatch Batch(TenantId tenant)
    {
        var batch = api.CreateBatch();
        batch.BatchCommands.Add(new("SELECT set_config('app.tenant_id', $1, true)") { Parameters = { Text(tenant.Value) } });
        return batch;
    }

    private static ApiKeyRow Map(NpgsqlDataReader row)
    {
        var until = row.GetFieldValue<DateTime[]>(8);
        return new(
            row.GetGuid(0), new(row.GetString(1)), row.GetString(2), row.GetString(3), [.. row.GetFieldValue<string[]>(4)], row.GetGuid(5), row.GetDateTime(6),
            [.. row.GetFieldValue<byte[][]>(7).Select((hash, n) => new ApiKeySecret(hash, until[n]))],
            row.IsDBNull(9) ? null : row.GetDateTime(9), row.IsDBNull(10) ? null : row.GetDateTime(10), row.GetInt64(11));
    }

    private static NpgsqlParameter Hashes(ImmutableArray<ApiKeySecret> secrets) =>
        new() { Value = secrets.Select(secret => secret.Hash).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea };

    private static NpgsqlParameter Instants(ImmutableArray<ApiKeySecret> secrets) =>
        new() { Value = secrets.Select(secret => secret.GoodUntil.UtcDateTime).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz };
}
