using System.Text.Json;
using ComplianceGrid.Policies;
using ComplianceGrid.Storage.Sql;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Storage.Projections.Reads;

/// <summary>The policy in force, from <c>grid.policy</c>.</summary>
public sealed class PolicyReads
{
    private readonly TenantReader _reader;

    internal PolicyReads(TenantReader reader) => _reader = reader;

    private const string InForce = "SELECT version, in_force_since, published_by, document FROM grid.policy WHERE tenant_id = $1";

    /// <summary>Null when none was ever published.</summary>
    public async Task<PolicyVersion?> GetAsync(TenantId tenant, CancellationToken ct)
    {
        var rows = await _reader.ReadAsync(tenant, row => new PolicyVersion
        {
            Version = row.GetInt32(0),
            InForceSince = row.GetDateTime(1),
            PublishedBy = row.GetString(2),
            Policy = JsonSerializer.Deserialize<Policy>(row.GetFieldValue<byte[]>(3), GridJson.Options)!,
        }, ct, PageQuery(tenant)).ConfigureAwait(false);
        return rows is [var one] ? one : null;
    }

    internal static Query PageQuery(TenantId tenant) => new(InForce, Parameters.Text(tenant.Value));
}
