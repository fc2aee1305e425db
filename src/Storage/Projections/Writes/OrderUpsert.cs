using System.Text.Json;
using ComplianceGrid.Storage.Sql;
using Npgsql;

namespace ComplianceGrid.Storage.Projections.Writes;

/// <summary>Writes <c>grid.vendor_order</c>.</summary>
internal static class OrderUpsert
{
    private const string Sql = """
        INSERT INTO grid.vendor_order (tenant_id, order_id, employee_id, vendor, product, item, placed_at, outcome, last_milestone, status,
                                       transition_at, transition_status, next_transition_at, reasons, revision)
        SELECT tenant_id, order_id, employee_id, vendor, product, item, placed_at, outcome, last_milestone, status,
               transition_at::timestamptz[], transition_status::smallint[], next_transition_at, reasons, revision
          FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
            AS t (tenant_id, order_id, employee_id, vendor, product, item, placed_at, outcome, last_milestone, status,
                  transition_at, transition_status, next_transition_at, reasons, revision)
        ON CONFLICT (tenant_id, order_id) DO UPDATE
           SET employee_id = excluded.employee_id, vendor = excluded.vendor, product = excluded.product, item = excluded.item,
               placed_at = excluded.placed_at, outcome = excluded.outcome, last_milestone = excluded.last_milestone,
               status = excluded.status, transition_at = excluded.transition_at, transition_status = excluded.transition_status,
               next_transition_at = excluded.next_transition_at, reasons = excluded.reasons, revision = excluded.revision
        """;

    public static void Add(NpgsqlBatch batch, IReadOnlyList<OrderRow> rows)
    {
        if (rows.Count == 0) return;
        batch.BatchCommands.Add(new(Sql)
        {
            Parameters =
            {
                Column.Text(rows, r => r.Tenant.Value),
                Column.Id(rows, r => r.OrderId),
                Column.Id(rows, r => r.EmployeeId),
                Column.Text(rows, r => r.Vendor),
                Column.Text(rows, r => r.Product),
                Column.Text(rows, r => r.Item),
                Column.Instant(rows, r => r.PlacedAt),
                Column.Small(rows, r => (short)r.Outcome),
                Column.Text(rows, r => r.LastMilestone),
                Column.Small(rows, r => (short)r.Status),
                Column.Text(rows, r => PgArray.Instants(r.Transitions.Select(t => t.At))),
                Column.Text(rows, r => PgArray.Numbers(r.Transitions.Select(t => (int)t.Status))),
                Column.Instant(rows, r => r.NextTransitionAt),
                Column.Json(rows, r => JsonSerializer.Serialize(r.Reasons, GridJson.Options)),
                Column.Long(rows, r => r.Revision),
            },
        });
    }
}
