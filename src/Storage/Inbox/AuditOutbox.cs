using System.Text.Json;
using ComplianceGrid.Audit;
using ComplianceGrid.Storage.Outbox;
using ComplianceGrid.Storage.Sql;
using Npgsql;

namespace ComplianceGrid.Storage.Inbox;

/// <summary>The gateway's audit entries leave through the grid's outbox, in the transaction of what they tell of.</summary>
public sealed class AuditOutbox(NpgsqlDataSource dataSource)
{
    private const string Insert = """
        INSERT INTO grid.outbox (id, tenant_id, kind, shard, body, traceparent)
        SELECT id, tenant, $1, shard, body, trace
          FROM unnest($2::uuid[], $3::text[], $4::int[], $5::bytea[], $6::text[]) AS t (id, tenant, shard, body, trace)
            ON CONFLICT DO NOTHING
        """;

    /// <summary>For acts that write nothing else, such as refusals. An entry that waits there already is not doubled.</summary>
    public async Task InsertAsync(IReadOnlyList<AuditEntry> entries, CancellationToken ct)
    {
        await using var batch = dataSource.CreateBatch();
        AddInsert(batch, [.. entries.Select(e => (e, default(string)))]);
        await batch.ExecuteNonQueryAsync(ct);
    }

    internal static void AddInsert(NpgsqlBatch batch, IReadOnlyList<(AuditEntry Entry, string? TraceParent)> entries)
    {
        if (entries.Any(e => e.Entry.Personal is not null)) throw new InvalidOperationException("The gateway cannot seal personal detail.");
        batch.BatchCommands.Add(new(Insert)
        {
            Parameters =
            {
                new() { Value = OutboxKinds.Audit },
                Column.Id(entries, e => e.Entry.Id),
                Column.Text(entries, e => e.Entry.TenantId),
                Column.Int(entries, e => LedgerShards.Of(e.Entry.TenantId)),
                Column.Bytes(entries, e => JsonSerializer.SerializeToUtf8Bytes(e.Entry, GridJson.Options)),
                Column.Text(entries, e => e.TraceParent),
            },
        });
    }
}
