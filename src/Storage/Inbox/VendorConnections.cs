using System.Diagnostics.CodeAnalysis;
using ComplianceGrid.Audit;
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

    private const string Before = "SELECT base_url FROM grid.vendor_connection WHERE vendor = $1 AND account_id = $2 AND tenant_id = $3 FOR UPDATE";

    /// <summary>Naming the same account again changes its base URL only.</summary>
    private const string Upsert = """
        INSERT INTO grid.vendor_connection AS c (id, tenant_id, vendor, account_id, base_url) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (vendor, account_id) DO UPDATE SET base_url = excluded.base_url, disabled_at = NULL WHERE c.tenant_id = excluded.tenant_id
        RETURNING id
        """;

    /// <summary>Beside those that are active. One that is there already is made active again.</summary>
    private const string InsertKey = """
        INSERT INTO grid.vendor_connection_key (connection_id, key_id, fingerprint, sealed) VALUES ($1, $2, $3, $4)
            ON CONFLICT (connection_id, fingerprint) DO UPDATE SET retired_at = NULL
        RETURNING key_id = $2
        """;

    /// <summary>Ends every other credential after the overlap in which the vendor may still sign with it.</summary>
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

    /// <summary>Adds an account and its credential, in one transaction with the entry that says so. Repeating it changes nothing but leaves its own entry.</summary>
    /// <param name="seal">Seals the credential for the connection's id.</param>
    /// <param name="actor">For the audit log, for example <c>operator:root</c>.</param>
    /// <returns>The account's id: the one given, or the one that it already had. Null: the account is another tenant's.</returns>
    public async Task<string?> AddAsync(NewVendorConnection added, Func<string, SealedVendorKey> seal, string actor, DateTimeOffset now, CancellationToken ct)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var baseUrl = await ScalarAsync(connection, Before, ct, added.Vendor, added.AccountId, added.Tenant) as string;
        var id = await ScalarAsync(connection, Upsert, ct, added.Id, added.Tenant, added.Vendor, added.AccountId, added.BaseUrl) as string;
        var (keyAdded, retired) = id is null ? (false, 0) : await AddKeyAsync(connection, id, seal(id), added, ct);
        await OperatorAudit.InsertAsync(connection, added.Tenant, actor, baseUrl is null ? AuditAction.Create : AuditAction.Update, "vendor-connections",
            $"{added.Vendor}/{added.AccountId}", new
            {
                before = baseUrl is null ? null : new { baseUrl },
                after = id is null ? null : new { added.BaseUrl },
                keyAdded,
                keysRetired = retired,
            }, now, ct, id is null ? GridError.OtherTenant : null);
        await transaction.CommitAsync(ct);
        return id;
    }

    private static async Task<(bool Added, int Retired)> AddKeyAsync(
        NpgsqlConnection connection, string id, SealedVendorKey key, NewVendorConnection added, CancellationToken ct)
    {
        var isNew = (bool)(await ScalarAsync(connection, InsertKey, ct, id, key.KeyId, added.Fingerprint, key.Sealed))!;
        if (added.RetireOthersAfter is not { } overlap) return (isNew, 0);
        await using var retire = Command(connection, RetireOthers, id, added.Fingerprint, overlap);
        return (isNew, await retire.ExecuteNonQueryAsync(ct));
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, [ConstantExpected] string sql, CancellationToken ct, params object[] values)
    {
        await using var command = Command(connection, sql, values);
        return await command.ExecuteScalarAsync(ct);
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, [ConstantExpected] string sql, params object[] values)
    {
#pragma warning disable CA2100 // the constants above
        var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        return command;
    }
}

/// <summary>An account to add, and its credential's fingerprint.</summary>
/// <param name="Id">For an account that is not there yet.</param>
/// <param name="RetireOthersAfter">Null: its other credentials stay.</param>
public sealed record NewVendorConnection(
    string Id, string Tenant, string Vendor, string AccountId, string BaseUrl, byte[] Fingerprint, TimeSpan? RetireOthersAfter);
