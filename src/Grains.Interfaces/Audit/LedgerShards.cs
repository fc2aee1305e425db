namespace ComplianceGrid.Audit;

/// <summary>Which ledger shard writes a tenant's log. The number is fixed for the life of an audit store.</summary>
public static class LedgerShards
{
    public const int Count = 4;

    /// <summary>FNV-1a over the tenant's UTF-8 bytes: the same on every process and version.</summary>
    public static int Of(string tenantId) => (int)(StableHash.Of(tenantId) % Count);
}
