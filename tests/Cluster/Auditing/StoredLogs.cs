using System.Data;
using System.Security.Cryptography;
using System.Text.Json;
using Npgsql;

namespace ComplianceGrid.Cluster.Auditing;

/// <summary>
/// Holds every stored log to RFC 6962 word for word, as superuser: places without a gap, times that never fall, heads in a chain, the last
/// head's root that of the records. Shares nothing with the product's tree.
/// </summary>
internal static class StoredLogs
{
    private const string Rows = """
        SELECT tenant_id, epoch, leaf_index, created_at, record FROM audit.audit_log ORDER BY tenant_id, epoch, leaf_index
        """;

    private const string Heads = """
        SELECT tenant_id, epoch, prev_size, size, root FROM audit.log_head ORDER BY tenant_id, epoch, size
        """;

    /// <param name="select">What is wanted of each record.</param>
    public static async Task<IReadOnlyList<T>> VerifyAsync<T>(string superuser, Func<JsonElement, T> select, CancellationToken ct)
    {
        await using var database = NpgsqlDataSource.Create(superuser);
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var moment = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct); // other tenants' logs go on growing
        var (logs, records) = await ReadAsync(connection, select, ct);
        var heads = await HeadsAsync(connection, ct);
        Assert.Equal(logs.Keys.Order(), heads.Keys.Order());
        foreach (var (log, leaves) in logs)
        {
            var (size, root) = heads[log];
            Assert.Equal((log, leaves.Count), (log, size));
            Assert.Equal(Convert.ToHexString(Root([.. leaves])), Convert.ToHexString(root));
        }

        return records;
    }

    private static async Task<(Dictionary<(string, int), List<byte[]>> Logs, List<T> Records)> ReadAsync<T>(
        NpgsqlConnection connection, Func<JsonElement, T> select, CancellationToken ct)
    {
        Dictionary<(string, int), List<byte[]>> logs = [];
        List<T> records = [];
        var before = DateTime.MinValue;
        await using var command = new NpgsqlCommand(Rows, connection);
        await using var row = await command.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct))
        {
            var log = (row.GetString(0), row.GetInt32(1));
            if (!logs.TryGetValue(log, out var leaves)) (logs[log], before) = (leaves = [], DateTime.MinValue);
            Assert.Equal(leaves.Count, row.GetInt64(2));
            Assert.True(row.GetDateTime(3) >= before, "Append times never fall within a log.");
            before = row.GetDateTime(3);
            var record = row.GetFieldValue<byte[]>(4);
            leaves.Add(SHA256.HashData([0x00, .. record]));
            using var json = JsonDocument.Parse(record);
            records.Add(select(json.RootElement));
        }

        return (logs, records);
    }

    private static async Task<Dictionary<(string, int), (long Size, byte[] Root)>> HeadsAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        Dictionary<(string, int), (long Size, byte[] Root)> last = [];
        await using var command = new NpgsqlCommand(Heads, connection);
        await using var row = await command.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct))
        {
            var log = (row.GetString(0), row.GetInt32(1));
            Assert.Equal(last.TryGetValue(log, out var known) ? known.Size : 0, row.GetInt64(2));
            last[log] = (row.GetInt64(3), row.GetFieldValue<byte[]>(4));
        }

        return last;
    }

    /// <summary>MTH, from the leaves' hashes.</summary>
    private static byte[] Root(ReadOnlySpan<byte[]> leaves)
    {
        if (leaves.Length == 1) return leaves[0];
        var k = 1;
        while (k * 2 < leaves.Length) k *= 2;
        return SHA256.HashData([0x01, .. Root(leaves[..k]), .. Root(leaves[k..])]);
    }
}
