using ComplianceGrid.Tenancy;
using Npgsql;

namespace ComplianceGrid.Storage.Encryption;

/// <summary>The rows of <c>grid.tenant_key</c>.</summary>
internal sealed class TenantKeyStore(NpgsqlDataSource source)
{
    // The lock makes racing first uses agree on one key: the second finds the first's.
    private const string Scope = "SELECT set_config('app.tenant_ids', $1, true), pg_advisory_xact_lock(hashtextextended('tenant_key:' || $1, 0))";

    private const string InsertFirst = """
        INSERT INTO grid.tenant_key (tenant_id, key_id, wrapped)
        SELECT $1, $2, $3 WHERE NOT EXISTS (SELECT FROM grid.tenant_key WHERE tenant_id = $1)
        """;

    private const string Insert = "INSERT INTO grid.tenant_key (tenant_id, key_id, wrapped, created_at) VALUES ($1, $2, $3, clock_timestamp())";

    private const string SelectNewestFirst =
        "SELECT key_id, wrapped FROM grid.tenant_key WHERE tenant_id = $1 ORDER BY created_at DESC, key_id DESC";

    public Task<List<WrappedKey>> ReadAsync(TenantId tenant, CancellationToken ct) => RunAsync(tenant, null, null, ct);

    public Task<List<WrappedKey>> AddFirstAsync(TenantId tenant, WrappedKey key, CancellationToken ct) =>
        RunAsync(tenant, InsertFirst, key, ct);

    public Task<List<WrappedKey>> AddAsync(TenantId tenant, WrappedKey key, CancellationToken ct) => RunAsync(tenant, Insert, key, ct);

    // One batch is one implicit transaction.
    private async Task<List<WrappedKey>> RunAsync(TenantId tenant, string? insert, WrappedKey? key, CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(new(Scope) { Parameters = { new() { Value = tenant.Value } } });
        if (insert is not null && key is not null)
        {
#pragma warning disable CA2100 // One of the two constants above.
            batch.BatchCommands.Add(new(insert)
#pragma warning restore CA2100
            {
                Parameters = { new() { Value = tenant.Value }, new() { Value = key.Id }, new() { Value = key.Wrapped } },
            });
        }

        batch.BatchCommands.Add(new(SelectNewestFirst) { Parameters = { new() { Value = tenant.Value } } });
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        List<WrappedKey> keys = [];
        while (await reader.ReadAsync(ct)) keys.Add(new(reader.GetGuid(0), reader.GetFieldValue<byte[]>(1)));
        return keys;
    }
}

internal sealed record WrappedKey(Guid Id, byte[] Wrapped);
