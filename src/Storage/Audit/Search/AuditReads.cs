using ComplianceGrid.Storage.Projections.Reads;
using ComplianceGrid.Storage.Sql;
using ComplianceGrid.Tenancy;
using Npgsql;

namespace ComplianceGrid.Storage.Audit.Search;

/// <summary>A tenant's entries, found by the columns and read from the records. As <c>grid_auditor</c>.</summary>
public sealed class AuditReads
{
    /// <summary>Entries that a count goes through at most.</summary>
    public const int MostCounted = 100_000;

    private static readonly DateTimeOffset Ever = new(9999, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly AuditPosition Newest = new(Ever, int.MaxValue, long.MaxValue);

    private readonly TenantReader _reader;

    internal AuditReads(TenantReader reader) => _reader = reader;

    /// <returns>At most <see cref="AuditQuery.Limit"/> entries, and the position to go on from, null on the last page.</returns>
    public async Task<(IReadOnlyList<StoredEntry> Entries, AuditPosition? Next)> ListAsync(TenantId tenant, AuditQuery query, CancellationToken ct)
    {
        // One row more than asked for tells whether there is a page after this one.
        var rows = await _reader.ReadAsync(tenant, Map, ct, PageQuery(tenant, query with { Limit = query.Limit + 1 })).ConfigureAwait(false);
        if (rows.Count <= query.Limit) return (rows, null);
        rows.RemoveRange(query.Limit, rows.Count - query.Limit);
        return (rows, rows[^1].Position);
    }

    /// <returns>Null: this tenant has no such entry.</returns>
    public async Task<StoredEntry?> FindAsync(TenantId tenant, Guid id, CancellationToken ct) =>
        (await _reader.ReadAsync(tenant, Map, ct, new Query(AuditSql.One, Parameters.Text(tenant.Value), Parameters.Uuid(id))).ConfigureAwait(false)).SingleOrDefault();

    public async Task<AuditCounts> CountAsync(TenantId tenant, AuditQuery query, CancellationToken ct)
    {
        var counts = await _reader.ReadAsync(tenant, row => (Action: row.GetString(0), Count: row.GetInt64(1)), ct, CountQuery(tenant, query)).ConfigureAwait(false);
        var ends = await _reader.ReadAsync(tenant, Instant, ct, EndsQuery(tenant, query)).ConfigureAwait(false);
        var isComplete = counts.Sum(count => count.Count) < MostCounted;
        return new(ends[0], ends[1], counts.ToDictionary(count => count.Action, count => count.Count), isComplete);
    }

    internal static Query PageQuery(TenantId tenant, AuditQuery query)
    {
        var after = query.After ?? Newest;
        return new Query(AuditSql.Page, [.. Filter(tenant, query),
            Parameters.Instant(after.CreatedAt), Parameters.Integer(after.Epoch), Parameters.Long(after.LeafIndex), Parameters.Integer(query.Limit)]);
    }

    internal static Query CountQuery(TenantId tenant, AuditQuery query) =>
        new(AuditSql.Counts, [.. Filter(tenant, query), Parameters.Integer(MostCounted)]);

    internal static Query EndsQuery(TenantId tenant, AuditQuery query) => new(AuditSql.Ends, Filter(tenant, query));

    private static NpgsqlParameter[] Filter(TenantId tenant, AuditQuery query) =>
    [
        Parameters.Text(tenant.Value), Parameters.Instant(query.From), Parameters.Instant(query.To ?? Ever), Parameters.Text(query.User),
        Parameters.Text(query.Action), Parameters.Text(query.Resource), Parameters.Text(query.ResourceId), Parameters.Text(query.Id),
        Parameters.Uuid(Guid.TryParseExact(query.Id, "D", out var id) ? id : null),
        Parameters.Text(query.Result), Parameters.Text(query.RequestId), Parameters.Text(query.Address),
    ];

    private static StoredEntry Map(NpgsqlDataReader row) =>
        new(row.GetGuid(0), new(row.GetFieldValue<DateTimeOffset>(1), row.GetInt32(2), row.GetInt64(3)), row.GetFieldValue<byte[]>(4));

    private static DateTimeOffset? Instant(NpgsqlDataReader row) => row.IsDBNull(1) ? null : row.GetFieldValue<DateTimeOffset>(1);
}
