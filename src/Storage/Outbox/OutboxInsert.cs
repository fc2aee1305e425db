using ComplianceGrid.Storage.Sql;
using Npgsql;

namespace ComplianceGrid.Storage.Outbox;

/// <summary>Adds messages to <c>grid.outbox</c> in the caller's transaction; one whose id waits there already is the same message.</summary>
public static class OutboxInsert
{
    private const string Sql = """
        INSERT INTO grid.outbox (id, tenant_id, kind, shard, body, traceparent, sealed)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT DO NOTHING
        """;

    public static void Add(NpgsqlBatch batch, IReadOnlyList<OutboxMessage> messages)
    {
        if (messages.Count == 0) return;
        if (messages.Any(message => message.Personal is not null)) throw new InvalidOperationException("A message's personal detail is not sealed.");
        batch.BatchCommands.Add(new(Sql)
        {
            Parameters =
            {
                Column.Id(messages, m => m.Id),
                Column.Text(messages, m => m.Tenant),
                Column.Text(messages, m => m.Kind),
                Column.Int(messages, m => m.Shard),
                Column.Bytes(messages, m => m.Body),
                Column.Text(messages, m => m.TraceParent),
                Column.Bytes(messages, m => m.Sealed),
            },
        });
    }
}
