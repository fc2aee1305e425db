using ComplianceGrid.Storage.Sql;
using Npgsql;

namespace ComplianceGrid.Storage.Projections.Writes;

/// <summary>Writes <c>grid.policy</c>.</summary>
internal static class PolicyUpsert
{
    private const string Sql = """
        INSERT INTO grid.policy (tenant_id, version, in_force_since, published_by, document, status,
                                 transition_at, transition_status, next_transition_at, revision)
        SELECT tenant_id, version, in_force_since, published_by, document, status,
               transition_at::timestamptz[], transition_status::smallint[], next_transition_at, revision
          FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            AS t (tenant_id, version, in_force_since, published_by, document, status,
                  transition_at, transition_status, next_transition_at, revision)
        ON CONFLICT (tenant_id) DO UPDATE
           SET version = excluded.version, in_force_since = excluded.in_force_since, published_by = excluded.published_by,
               document = excluded.document, status = excluded.status, transition_at = excluded.transition_at,
               transition_status = excluded.transition_status, next_transition_at = excluded.next_transition_at,
               revision = excluded.revision
        """;

    public static void Add(NpgsqlBatch batch, IReadOnlyList<PolicyRow> rows)
    {
        if (rows.Count == 0) return;
        batch.BatchCommands.Add(new(Sql)
        {
            Parameters =
            {
                Column.Text(rows, r => r.Tenant.Value),
                Column.Int(rows, r => r.Version),
                Column.Instant(rows, r => r.InForceSince),
                Column.Text(rows, r => r.PublishedBy),
                Column.Json(rows, r => r.Document),
                Column.Small(rows, r => (short)r.Status),
                Column.Text(rows, r => PgArray.Instants(r.Transitions.Select(t => t.At))),
                Column.Text(rows, r => PgArray.Numbers(r.Transitions.Select(t => (int)t.Status))),
                Column.Instant(rows, r => r.NextTransitionAt),
                Column.Long(rows, r => r.Revision),
            },
        });
    }
}
