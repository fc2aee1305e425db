using ComplianceGrid.Storage.Projections.Reads;
using ComplianceGrid.Storage.Sql;
using ComplianceGrid.Tenancy;
using Npgsql;
using NpgsqlTypes;

namespace ComplianceGrid.Storage.Audit.Search;

/// <summary>How large a tenant's log is and how fast it grows: from its heads and a row each, whatever its size. As <c>grid_auditor</c>.</summary>
public sealed class LogFigures
{
    private const string Heads = """
        SELECT h.epoch, h.size, h.bytes, h.created_at
          FROM (SELECT 0 AS epoch UNION SELECT epoch FROM audit.epoch WHERE tenant_id = $1) e
         CROSS JOIN LATERAL (
           SELECT epoch, size, bytes, created_at FROM audit.log_head WHERE tenant_id = $1 AND epoch = e.epoch ORDER BY size DESC LIMIT 1) h
         ORDER BY h.epoch
        """;

    // All that stands behind the first entry since an instant was appended since.
    private const string Firsts = """
        SELECT w.n, f.epoch, f.leaf_index
          FROM unnest($2) WITH ORDINALITY AS w (since, n)
         CROSS JOIN LATERAL (
           SELECT epoch, leaf_index FROM audit.audit_log WHERE tenant_id = $1 AND created_at >= w.since
            ORDER BY created_at, epoch, leaf_index LIMIT 1) f
        """;

    private readonly TenantReader _reader;

    internal LogFigures(TenantReader reader) => _reader = reader;

    public async Task<LogSize> SizeAsync(TenantId tenant, CancellationToken ct)
    {
        var heads = await HeadsAsync(tenant, ct).ConfigureAwait(false);
        return new(heads.Sum(head => head.Size), heads.Sum(head => head.Bytes), heads.Count == 0 ? null : heads.Max(head => head.At));
    }

    /// <returns>In the order asked: entries appended since each instant.</returns>
    public async Task<long[]> AppendedSinceAsync(TenantId tenant, DateTimeOffset[] instants, CancellationToken ct)
    {
        var since = new NpgsqlParameter<DateTime[]>
        {
            TypedValue = [.. instants.Select(instant => instant.UtcDateTime)],
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz,
        };
        var firsts = await _reader.ReadAsync(tenant, row => (N: row.GetInt64(0), Epoch: row.GetInt32(1), Leaf: row.GetInt64(2)), ct,
            new Query(Firsts, Parameters.Text(tenant.Value), since)).ConfigureAwait(false);
        var heads = await HeadsAsync(tenant, ct).ConfigureAwait(false); // after them, so that none is missing
        var appended = new long[instants.Length];
        foreach (var first in firsts) appended[first.N - 1] = heads.Where(head => head.Epoch >= first.Epoch).Sum(head => head.Size) - first.Leaf;
        return appended;
    }

    private Task<List<(int Epoch, long Size, long Bytes, DateTimeOffset At)>> HeadsAsync(TenantId tenant, CancellationToken ct) =>
        _reader.ReadAsync(tenant, row => (row.GetInt32(0), row.GetInt64(1), row.GetInt64(2), row.GetFieldValue<DateTimeOffset>(3)), ct,
            new Query(Heads, Parameters.Text(tenant.Value)));
}

/// <param name="Entries">In all epochs.</param>
/// <param name="RecordBytes">Of their records; with rows and indexes the log takes two to three times as many.</param>
/// <param name="NewestAt">When the newest entry went on record; null: there is none.</param>
public sealed record LogSize(long Entries, long RecordBytes, DateTimeOffset? NewestAt);
