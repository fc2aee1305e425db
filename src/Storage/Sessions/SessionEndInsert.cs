using ComplianceGrid.Storage.GrainState;
using ComplianceGrid.Storage.Sql;
using Npgsql;

namespace ComplianceGrid.Storage.Sessions;

/// <summary>
/// Adds ends of sessions to <c>grid.session_end</c> in the caller's transaction, as its last statement: the counter row stays locked until
/// the commit, so that numbers are dense and become visible in their order.
/// </summary>
internal static class SessionEndInsert
{
    private const string Sql = """
        WITH input AS (SELECT * FROM unnest($1, $2) WITH ORDINALITY AS t (tenant_id, session_id, n)),
        taken AS (
          UPDATE grid.session_feed SET next_number = next_number + (SELECT count(*) FROM input)
          RETURNING next_number - (SELECT count(*) FROM input) AS first)
        INSERT INTO grid.session_end (number, tenant_id, session_id)
        SELECT taken.first + input.n - 1, input.tenant_id, input.session_id FROM taken, input
        """;

    public static void Add(NpgsqlBatch batch, IReadOnlyList<StateWrite> ends)
    {
        if (ends.Count == 0) return;
        batch.BatchCommands.Add(new(Sql) { Parameters = { Column.Text(ends, w => w.Tenant.Value), Column.Id(ends, w => w.Commit.EndedSession!.Value) } });
    }
}
