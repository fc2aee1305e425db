using System.Text.Json;
using ComplianceGrid.Storage.Sql;
using Npgsql;

namespace ComplianceGrid.Storage.Projections.Writes;

/// <summary>
/// Writes <c>grid.employee</c> and keeps <c>grid.employee_count</c> by the difference of old and new rows: the written row keeps
/// how it was counted before. Counted are people whose employment has not ended. Counts are taken in key order, so that no two writers wait for each other.
/// </summary>
internal static class EmployeeUpsert
{
    private const string Sql = """
        WITH input AS (
          SELECT tenant_id, employee_id, employee_number, given_name, family_name, sort_name, site, roles::text[] AS roles, hired_on,
                 employment_ended_on, status, transition_at::timestamptz[] AS transition_at, transition_status::smallint[] AS transition_status,
                 next_transition_at, reasons, policy_version, revision, evaluated_at
            FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
              AS t (tenant_id, employee_id, employee_number, given_name, family_name, sort_name, site, roles, hired_on,
                    employment_ended_on, status, transition_at, transition_status,
                    next_transition_at, reasons, policy_version, revision, evaluated_at)),
        written AS (
          INSERT INTO grid.employee AS e (tenant_id, employee_id, employee_number, given_name, family_name, sort_name, site, roles, hired_on,
                                     employment_ended_on, status, transition_at, transition_status,
                                     next_transition_at, reasons, policy_version, revision, evaluated_at)
          SELECT * FROM input
          ON CONFLICT (tenant_id, employee_id) DO UPDATE
             SET employee_number = excluded.employee_number, given_name = excluded.given_name, family_name = excluded.family_name,
                 sort_name = excluded.sort_name, site = excluded.site, roles = excluded.roles, hired_on = excluded.hired_on,
                 employment_ended_on = excluded.employment_ended_on, status = excluded.status,
                 transition_at = excluded.transition_at, transition_status = excluded.transition_status,
                 next_transition_at = excluded.next_transition_at, reasons = excluded.reasons,
                 policy_version = excluded.policy_version, revision = excluded.revision, evaluated_at = excluded.evaluated_at,
                 counted_site = CASE WHEN e.employment_ended_on IS NULL THEN e.site END,
                 counted_status = CASE WHEN e.employment_ended_on IS NULL THEN e.status END
          RETURNING tenant_id, counted_site AS site, counted_status AS status),
        changed AS (
          SELECT tenant_id, site, status, sum(employees)::bigint AS employees
            FROM (SELECT tenant_id, site, status, -1 AS employees FROM written WHERE site IS NOT NULL
                  UNION ALL SELECT tenant_id, site, status, 1 FROM input WHERE employment_ended_on IS NULL) AS difference
           GROUP BY tenant_id, site, status HAVING sum(employees) <> 0)
        INSERT INTO grid.employee_count AS c (tenant_id, site, status, shard, employees)
        SELECT tenant_id, site, status, $19, employees FROM changed ORDER BY tenant_id, site, status
        ON CONFLICT (tenant_id, site, status, shard) DO UPDATE SET employees = c.employees + excluded.employees
        """;

    /// <param name="shard">0 to 15.</param>
    public static void Add(NpgsqlBatch batch, IReadOnlyList<EmployeeRow> rows, short shard)
    {
        if (rows.Count == 0) return;
        batch.BatchCommands.Add(new(Sql)
        {
            Parameters =
            {
                Column.Text(rows, r => r.Tenant.Value),
                Column.Id(rows, r => r.EmployeeId),
                Column.Text(rows, r => r.EmployeeNumber),
                Column.Text(rows, r => r.GivenName),
                Column.Text(rows, r => r.FamilyName),
                Column.Text(rows, r => SortName.Of(r.FamilyName, r.GivenName)),
                Column.Text(rows, r => r.Site),
                Column.Text(rows, r => PgArray.Text(r.Roles)),
                Column.Date(rows, r => r.HiredOn),
                Column.Date(rows, r => r.EmploymentEndedOn),
                Column.Small(rows, r => (short)r.Status),
                Column.Text(rows, r => PgArray.Instants(r.Transitions.Select(t => t.At))),
                Column.Text(rows, r => PgArray.Numbers(r.Transitions.Select(t => (int)t.Status))),
                Column.Instant(rows, r => r.NextTransitionAt),
                Column.Json(rows, r => JsonSerializer.Serialize(r.Reasons, GridJson.Options)),
                Column.Int(rows, r => r.PolicyVersion),
                Column.Long(rows, r => r.Revision),
                Column.Instant(rows, r => r.EvaluatedAt),
                new NpgsqlParameter<short> { TypedValue = shard },
            },
        });
    }
}
