namespace ComplianceGrid.Storage.Audit.Search;

/// <summary>
/// The statements of <see cref="AuditReads"/>. Parameters: $1 tenant, $2 from, $3 to, $4 user, $5 action, $6 resource, $7 resource id,
/// $8 either id as text and $9 as UUID, $10 result, $11 request id, $12 address; then those of the statement.
/// Equality of text, uuid and instants is leakproof, so row-level security leaves the way to the indexes open; what a parameter switches
/// off folds away in a plan made for its values, and so do the partitions outside the window.
/// </summary>
internal static class AuditSql
{
    private const string Where = """
        tenant_id = $1 AND created_at >= $2 AND created_at < $3
        AND ($4::text IS NULL OR user_id = $4) AND ($5::text IS NULL OR action = $5) AND ($6::text IS NULL OR resource = $6)
        AND ($7::text IS NULL OR resource_id = $7) AND ($8::text IS NULL OR resource_id = $8 OR id = $9::uuid)
        AND ($10::text IS NULL OR result = $10) AND ($11::text IS NULL OR request_id = $11) AND ($12::text IS NULL OR ip_address = $12)
        """;

    private const string Columns = "id, created_at, epoch, leaf_index, record";

    public const string Page = $"""
        SELECT {Columns} FROM audit.audit_log
         WHERE {Where} AND (created_at, epoch, leaf_index) < ($13, $14, $15)
         ORDER BY created_at DESC, epoch DESC, leaf_index DESC LIMIT $16
        """;

    /// <summary>$1 tenant, $2 id.</summary>
    public const string One = $"SELECT {Columns} FROM audit.audit_log WHERE tenant_id = $1 AND id = $2 ORDER BY created_at, epoch, leaf_index LIMIT 1";

    /// <summary>$13: as many, of the newest, are counted.</summary>
    public const string Counts = $"""
        SELECT action, count(*) FROM (SELECT action FROM audit.audit_log WHERE {Where} ORDER BY created_at DESC LIMIT $13) newest GROUP BY action
        """;

    public const string Ends = $"""
        SELECT 'first', (SELECT created_at FROM audit.audit_log WHERE {Where} ORDER BY created_at LIMIT 1)
        UNION ALL
        SELECT 'last', (SELECT created_at FROM audit.audit_log WHERE {Where} ORDER BY created_at DESC LIMIT 1)
        """;
}
