using ComplianceGrid.Storage.Sql;
using Npgsql;

namespace ComplianceGrid.Storage.GrainState;

/// <summary>The statements on <c>grid.grain_state</c>. Each write returns the keys that it wrote; a missing one had another version.</summary>
internal static class StateSql
{
    private const string Scope = "SELECT set_config('app.tenant_ids', $1, true)";

    private const string Select = "SELECT version, payload FROM grid.grain_state WHERE state_name = $1 AND grain_key = $2";

    private const string Update = """
        UPDATE grid.grain_state s
           SET version = i.expected + 1, payload = i.payload, due_at = i.due_at, policy_version = i.policy_version, written_at = now()
          FROM unnest($1, $2, $3, $4, $5, $6) AS i (state_name, grain_key, expected, payload, due_at, policy_version)
         WHERE s.state_name = i.state_name AND s.grain_key = i.grain_key AND s.version = i.expected
        RETURNING s.state_name, s.grain_key
        """;

    private const string Insert = """
        INSERT INTO grid.grain_state (state_name, grain_key, tenant_id, version, payload, due_at, policy_version)
        SELECT i.state_name, i.grain_key, i.tenant_id, 1, i.payload, i.due_at, i.policy_version
          FROM unnest($1, $2, $3, $4, $5, $6) AS i (state_name, grain_key, tenant_id, payload, due_at, policy_version)
        ON CONFLICT DO NOTHING
        RETURNING state_name, grain_key
        """;

    private const string Delete = """
        DELETE FROM grid.grain_state s
         USING unnest($1, $2, $3) AS i (state_name, grain_key, expected)
         WHERE s.state_name = i.state_name AND s.grain_key = i.grain_key AND s.version = i.expected
        RETURNING s.state_name, s.grain_key
        """;

    public static NpgsqlBatchCommand SetScope(string tenants) => new(Scope) { Parameters = { new NpgsqlParameter<string> { TypedValue = tenants } } };

    public static NpgsqlBatchCommand Read(string stateName, string key) => new(Select)
    {
        Parameters = { new NpgsqlParameter<string> { TypedValue = stateName }, new NpgsqlParameter<string> { TypedValue = key } },
    };

    /// <summary>Adds one statement for each kind of write that occurs; each answers with a result of (state name, key).</summary>
    public static void AddWrites(NpgsqlBatch batch, IReadOnlyList<StateWrite> writes)
    {
        StateWrite[] updates = [.. writes.Where(w => w is { Sealed: not null, Expected: > 0 })];
        if (updates.Length > 0)
        {
            batch.BatchCommands.Add(new(Update)
            {
                Parameters =
                {
                    Column.Text(updates, w => w.StateName), Column.Text(updates, w => w.Key), Column.Long(updates, w => w.Expected),
                    Column.Bytes(updates, w => w.Sealed!), Column.Instant(updates, w => w.Commit.DueAt), Column.Int(updates, w => w.Commit.PolicyVersion),
                },
            });
        }

        StateWrite[] inserts = [.. writes.Where(w => w is { Sealed: not null, Expected: 0 })];
        if (inserts.Length > 0)
        {
            batch.BatchCommands.Add(new(Insert)
            {
                Parameters =
                {
                    Column.Text(inserts, w => w.StateName), Column.Text(inserts, w => w.Key), Column.Text(inserts, w => w.Tenant.Value),
                    Column.Bytes(inserts, w => w.Sealed!), Column.Instant(inserts, w => w.Commit.DueAt), Column.Int(inserts, w => w.Commit.PolicyVersion),
                },
            });
        }

        StateWrite[] deletes = [.. writes.Where(w => w.Sealed is null)];
        if (deletes.Length > 0)
        {
            batch.BatchCommands.Add(new(Delete)
            {
                Parameters = { Column.Text(deletes, w => w.StateName), Column.Text(deletes, w => w.Key), Column.Long(deletes, w => w.Expected) },
            });
        }
    }
}
