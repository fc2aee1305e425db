using ComplianceGrid.Status;
using ComplianceGrid.Storage.Sql;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Storage.Projections.Reads;

/// <summary>How many employed people of a site have a colour.</summary>
public sealed record SiteStatusCount(string Site, ComplianceStatus Status, long Employees);

/// <summary>
/// Counts by site and colour. They are rows that the writers keep (<c>grid.employee_count</c>), corrected by the people whose next
/// transition has passed and who were not refreshed yet: the cost depends on sites and on that backlog, not on the number of people.
/// </summary>
public sealed class SummaryReads
{
    private readonly TenantReader _reader;

    internal SummaryReads(TenantReader reader) => _reader = reader;

    private const string Sql = $"""
        WITH passed AS (
          SELECT site, status, {StatusSql.At} AS now_status
            FROM grid.employee
           WHERE tenant_id = $1 AND next_transition_at <= $2 AND employment_ended_on IS NULL AND ($3::text[] IS NULL OR site = ANY ($3)))
        SELECT site, status, sum(employees)::bigint
          FROM (SELECT site, status, employees FROM grid.employee_count WHERE tenant_id = $1 AND ($3::text[] IS NULL OR site = ANY ($3))
                UNION ALL SELECT site, status, -1 FROM passed WHERE now_status <> status
                UNION ALL SELECT site, now_status, 1 FROM passed WHERE now_status <> status) AS counted
         GROUP BY site, status HAVING sum(employees) <> 0 ORDER BY site, status
        """;

    /// <param name="sites">Those to count; null: every site.</param>
    public async Task<IReadOnlyList<SiteStatusCount>> CountAsync(TenantId tenant, DateTimeOffset now, CancellationToken ct, IReadOnlyList<string>? sites = null) =>
        await _reader.ReadAsync(tenant,
            row => new SiteStatusCount(row.GetString(0), (ComplianceStatus)row.GetInt16(1), row.GetInt64(2)), ct,
            CountQuery(tenant, now, sites)).ConfigureAwait(false);

    internal static Query CountQuery(TenantId tenant, DateTimeOffset now, IReadOnlyList<string>? sites = null) =>
        new(Sql, Parameters.Text(tenant.Value), Parameters.Instant(now), Parameters.Texts(sites));
}
