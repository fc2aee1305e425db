using System.Buffers.Binary;
using System.Security.Cryptography;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Storage.Tests.Audit.Ledger;

/// <summary>Holds everything stored to RFC 6962 word for word, read as superuser: dense, chained, rising, true.</summary>
internal static class StoredLog
{
    private const string Logs = "SELECT string_agg(DISTINCT tenant_id || '/' || epoch, ',') FROM audit.audit_log";

    private const string Rows = """
        SELECT string_agg(int4send(octet_length(record)) || record, ''::bytea ORDER BY leaf_index) FROM audit.audit_log WHERE tenant_id || '/' || epoch = '{0}'
        """;

    // Rows that are not in their place, or fall in time, or whose columns are not what their record says.
    private const string BadRows = """
        SELECT count(*) FROM (
          SELECT *, row_number() OVER w - 1 AS place, lag(created_at) OVER w AS before, convert_from(record, 'UTF8')::json AS r
            FROM audit.audit_log WHERE tenant_id || '/' || epoch = '{0}' WINDOW w AS (ORDER BY leaf_index)) a
         WHERE leaf_index <> place OR created_at < before
            OR ROW (id::text, tenant_id, epoch::text, user_id, user_role, action, resource, result, duration::text)
               IS DISTINCT FROM ROW (r->>'id', r->>'tenant_id', r->>'epoch', r->>'user_id', r->>'user_role', r->>'action', r->>'resource', r->>'result', r->>'duration_ms')
            OR ROW (resource_id, ip_address, user_agent, request_id, error_code)
               IS DISTINCT FROM ROW (r->>'resource_id', r->>'ip_address', r->>'user_agent', r->>'request_id', r->>'error_code')
            OR (r->>'timestamp')::timestamptz <> timestamp OR (r->>'created_at')::timestamptz <> created_at
        """;

    private const string BadHeads = """
        SELECT count(*) FROM (
          SELECT *, lag(size, 1, 0::bigint) OVER w AS before, lag(created_at) OVER w AS earlier
            FROM audit.log_head WHERE tenant_id || '/' || epoch = '{0}' WINDOW w AS (ORDER BY size)) h
         WHERE prev_size <> before OR created_at < earlier
        """;

    private const string Head = """
        SELECT int8send(size) || int8send(bytes) || root FROM audit.log_head WHERE tenant_id || '/' || epoch = '{0}' ORDER BY size DESC LIMIT 1
        """;

    private const string Tiles = """
        SELECT string_agg(root || hashes, ''::bytea ORDER BY tile_index) FROM audit.tile WHERE tenant_id || '/' || epoch = '{0}' AND level = {1}
        """;

    /// <returns>Entries in all logs.</returns>
    public static async Task<long> VerifyAsync(AuditLog log, CancellationToken ct)
    {
        var total = 0L;
        var logs = await log.ScalarAsync(GridRole.Superuser, Logs, ct) as string ?? "";
        foreach (var one in logs.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var records = Split((byte[])(await log.ScalarAsync(GridRole.Superuser, string.Format(null, Rows, one), ct))!);
            Assert.Equal(0L, await log.ScalarAsync(GridRole.Superuser, string.Format(null, BadRows, one), ct));
            Assert.Equal(0L, await log.ScalarAsync(GridRole.Superuser, string.Format(null, BadHeads, one), ct));
            var head = (byte[])(await log.ScalarAsync(GridRole.Superuser, string.Format(null, Head, one), ct))!;
            Assert.Equal(records.Length, BinaryPrimitives.ReadInt64BigEndian(head));
            Assert.Equal(records.Sum(record => (long)record.Length), BinaryPrimitives.ReadInt64BigEndian(head.AsSpan(8)));
            Assert.Equal(NaiveTree.Root(records), head[16..]);
            await VerifyTilesAsync(log, one, [.. records.Select(record => SHA256.HashData([0x00, .. record]))], ct);
            total += records.Length;
        }

        return total;
    }

    private static async Task VerifyTilesAsync(AuditLog log, string one, byte[][] hashes, CancellationToken ct)
    {
        for (var level = 0; ; level++)
        {
            byte[][] roots = [.. hashes.Chunk(256).Where(tile => tile.Length == 256).Select(Root)];
            var expected = roots.Select((root, n) => (byte[])[.. root, .. hashes[(n * 256)..(n * 256 + 256)].SelectMany(hash => hash)]).SelectMany(tile => tile).ToArray();
            var stored = await log.ScalarAsync(GridRole.Superuser, string.Format(null, Tiles, one, level), ct) as byte[] ?? [];
            Assert.Equal(expected, stored);
            if (roots.Length == 0) return;
            hashes = roots;
        }
    }

    private static byte[] Root(byte[][] hashes) =>
        hashes.Length == 1 ? hashes[0] : SHA256.HashData([0x01, .. Root(hashes[..(hashes.Length / 2)]), .. Root(hashes[(hashes.Length / 2)..])]);

    private static byte[][] Split(byte[] sized)
    {
        List<byte[]> records = [];
        for (var at = 0; at < sized.Length;)
        {
            var size = BinaryPrimitives.ReadInt32BigEndian(sized.AsSpan(at));
            records.Add(sized[(at + 4)..(at + 4 + size)]);
            at += 4 + size;
        }

        return [.. records];
    }
}
