using Npgsql;

namespace ComplianceGrid.Storage.Inbox;

/// <summary>One tenant's account at a vendor.</summary>
/// <param name="Id">Part of the webhook's address; cannot be guessed.</param>
/// <param name="BaseUrl">Of the vendor's API, version included, without a slash at the end.</param>
/// <param name="Keys">Active credentials, newest first, sealed.</param>
public sealed record VendorConnection(
    string Id, string Tenant, string Vendor, string AccountId, string BaseUrl, IReadOnlyList<SealedVendorKey> Keys);

public sealed record SealedVendorKey(Guid KeyId, byte[] Sealed);

/// <summary>Vendor accounts and their credentials.</summary>
public sealed class VendorConnections(NpgsqlDataSource dataSource)
{
    private const string SelectAll = """
        SELECT c.id, c.tenant_id, c.vendor, c.account_id, c.base_url, k.key_id, k.sealed
          FROM grid.vendor_connection c
          LEFT JOIN grid.vendor_connection_key k ON k.connection_id = c.id AND (k.retired_at IS NULL OR k.retired_at > clock_timestamp())
         WHERE c.disabled_at IS NULL
         ORDER BY c.created_at, c.id, k.created_at DESC, k.key_id DESC
        """;

    /// <summary>Naming the same account again changes its base URL only.</summary>
    private const string Upsert = """
        INSERT INTO grid.vendor_connection AS c (id, tenant_id, vendor, account_id, base_url) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (vendor, account_id) DO UPDATE SET base_url = excluded.base_url, disabled_at = NULL WHERE c.tenant_id = excluded.tenant_id
        RETURNING id
        """;

    private const string InsertKey = """
        INSERT INTO grid.vendor_connection_key (connection_id, key_id, fingerprint, sealed) VALUES ($1, $2, $3, $4)
            ON CONFLICT (connection_id, fingerprint) DO UPDATE SET retired_at = NULL
        """;

    private const string RetireOthers = """
        UPDATE grid.vendor_connection_key SET retired_at = clock_timestamp() + $3
         WHERE connection_id = $1 AND fingerprint <> $2 AND (retired_at IS NULL OR retired_at > clock_timestamp() + $3)
        """;

    public async Task<IReadOnlyList<VendorConnection>> LoadAsync(CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(SelectAll);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var connections = new List<VendorConnection>();
        var keys = new List<SealedVendorKey>();
        while (await reader.ReadAsync(ct))
        {
            if (connections.Count == 0 || connections[^1].Id != reader.GetString(0))
            {
                keys = [];
                connections.Add(new(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), keys));
            }

            if (!reader.IsDBNull(5)) keys.Add(new(reader.GetGuid(5), reader.GetFieldValue<byte[]>(6)));
        }

        return connections;
    }

    /// <returns>The account's id: <paramref name="id"/>, or the one that it already had. Null: the account is another tenant's.</returns>
    public async Task<string?> AddAsync(string id, string tenant, string vendor, string accountId, string baseUrl, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(Upsert);
        foreach (var value in new[] { id, tenant, vendor, accountId, baseUrl }) command.Parameters.Add(new() { Value = value });
        return (string?)await command.ExecuteScalarAsync(ct);
    }

    /// <summary>Adds a credential beside those that are active. One that is there already is made active again.</summary>
    public async Task AddKeyAsync(string connection, SealedVendorKey key, byte[] fingerprint, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(InsertKey);
        command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = connection }, new() { Value = key.KeyId },
            new() { Value = fingerprint }, new() { Value = key.Sealed } });
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Ends every other credential after the overlap in which the vendor may still sign with it.</summary>
    public async Task RetireOthersAsync(string connection, byte[] fingerprint, TimeSpan overlap, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(RetireOthers);
        command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = connection }, new() { Value = fingerprint }, new() { Value = overlap } });
        await command.ExecuteNonQueryAsync(ct);
    }
}
