using System.Security.Cryptography;
using System.Text;
using ComplianceGrid.Storage.Encryption;
using ComplianceGrid.Storage.Sql;
using Npgsql;

namespace ComplianceGrid.Storage.Identity;

/// <summary><c>identity.hash_key</c>: keys of keyed hashes, 32 random bytes each, wrapped by the master key.</summary>
public sealed class HashKeys(NpgsqlDataSource api, IMasterKey master)
{
    private const int Size = 32;

    private const string Sql = """
        INSERT INTO identity.hash_key (id, wrapped) VALUES ($1, $2) ON CONFLICT DO NOTHING
        """;

    /// <summary>The key of that name. Of two processes that would make it at once, both get the first one's.</summary>
    public async Task<byte[]> GetAsync(string id, CancellationToken ct)
    {
        var context = Encoding.UTF8.GetBytes($"hash-key/{id}");
        if (await FindAsync(id, ct) is { } known) return await master.UnwrapAsync(known, context, ct);
        await using var command = api.CreateCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = await master.WrapAsync(RandomNumberGenerator.GetBytes(Size), context, ct) });
        await command.ExecuteNonQueryAsync(ct);
        return await master.UnwrapAsync((await FindAsync(id, ct))!, context, ct);
    }

    private Task<byte[]?> FindAsync(string id, CancellationToken ct) => LostConnection.RepeatAsync(api, async () =>
    {
        await using var command = api.CreateCommand("SELECT wrapped FROM identity.hash_key WHERE id = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id });
        return await command.ExecuteScalarAsync(ct) as byte[];
    });
}
