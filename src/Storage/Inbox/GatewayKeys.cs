using Npgsql;

namespace ComplianceGrid.Storage.Inbox;

/// <summary>A data key of the gateway, wrapped by its master key.</summary>
public sealed record WrappedKey(Guid KeyId, byte[] Wrapped);

public sealed class GatewayKeys(NpgsqlDataSource dataSource)
{
    private const string Select = "SELECT key_id, wrapped FROM grid.gateway_key ORDER BY created_at, key_id";

    /// <summary>Two processes that start together may make one each: every key opens, the last one seals.</summary>
    private const string InsertFirst = """
        INSERT INTO grid.gateway_key (key_id, wrapped) SELECT $1, $2 WHERE NOT EXISTS (SELECT FROM grid.gateway_key)
        """;

    /// <summary>Oldest first: the last one seals.</summary>
    public async Task<IReadOnlyList<WrappedKey>> LoadAsync(CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(Select);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var keys = new List<WrappedKey>();
        while (await reader.ReadAsync(ct)) keys.Add(new(reader.GetGuid(0), reader.GetFieldValue<byte[]>(1)));
        return keys;
    }

    public async Task InsertFirstAsync(WrappedKey key, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(InsertFirst);
        command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = key.KeyId }, new() { Value = key.Wrapped } });
        await command.ExecuteNonQueryAsync(ct);
    }
}
