using ComplianceGrid.Storage.Sql;
using Npgsql;

namespace ComplianceGrid.Storage.Inbox;

/// <summary>Which of a vendor's ids stands for which order of ours.</summary>
public sealed class VendorReferences : IAsyncDisposable
{
    private const string Select = """
        SELECT DISTINCT ON (t.asker) t.asker, t.place, r.order_id
          FROM unnest($1, $2, $3, $4, $5) AS t (asker, place, connection_id, kind, external_id)
               CROSS JOIN LATERAL (SELECT order_id FROM grid.vendor_reference
                                    WHERE connection_id = t.connection_id AND kind = t.kind AND external_id = t.external_id LIMIT 1) r
         ORDER BY t.asker, t.place
        """;

    private const string SelectByOrder = """
        SELECT connection_id, external_id FROM grid.vendor_reference WHERE tenant_id = $1 AND order_id = $2 AND kind = $3 LIMIT 1
        """;

    private const string InsertOne = """
        INSERT INTO grid.vendor_reference (connection_id, kind, external_id, tenant_id, order_id) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT DO NOTHING
        """;

    private const string InsertMany = """
        INSERT INTO grid.vendor_reference (connection_id, kind, external_id, tenant_id, order_id)
        SELECT * FROM unnest($1, $2, $3, $4, $5) ORDER BY 1, 2, 3
            ON CONFLICT DO NOTHING
        """;

    private const string Reopen = """
        UPDATE grid.webhook_inbox i
           SET state = 0, attempt = 0, next_attempt_at = clock_timestamp(), closed_at = NULL, error = NULL, waits_for = NULL
          FROM grid.vendor_reference r
         WHERE i.state = 3 AND i.connection_id = $1 AND i.waits_for = ANY ($2)
           AND r.connection_id = i.connection_id AND r.external_id = i.waits_for
        """;

    private readonly NpgsqlDataSource _database;
    private readonly GroupRead<Question, (Guid Order, VendorObject Known)?> _orders; // webhooks of one commit ask in the same moment

    public VendorReferences(NpgsqlDataSource database) => (_database, _orders) = (database, new(FindOrdersAsync));

    /// <summary>The order of the first of these objects that stands for one, and which that is; null: none does.</summary>
    public Task<(Guid Order, VendorObject Known)?> FindOrderAsync(string connection, IReadOnlyList<VendorObject> things, CancellationToken ct) =>
        _orders.AskAsync(new(connection, things), ct);

    /// <summary>The vendor's object of a kind that an order has; null: none yet.</summary>
    public async Task<(string Connection, string ExternalId)?> FindByOrderAsync(string tenant, Guid order, string kind, CancellationToken ct)
    {
        await using var command = _database.CreateCommand(SelectByOrder);
        command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = tenant }, new() { Value = order }, new() { Value = kind } });
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? (reader.GetString(0), reader.GetString(1)) : null;
    }

    /// <summary>
    /// Opens parked rows that wait for one of these ids, if the id is known by now. Called after either side has committed
    /// (the reference, the parking), so that whichever came second sees the first.
    /// </summary>
    public async Task<int> ReopenAsync(string connection, string[] externalIds, CancellationToken ct)
    {
        await using var command = _database.CreateCommand(Reopen);
        command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = connection }, new() { Value = externalIds } });
        return await command.ExecuteNonQueryAsync(ct);
    }

    public ValueTask DisposeAsync() => _orders.DisposeAsync();

    /// <summary>Adds to a batch that what findings remember stands for their orders from now on.</summary>
    internal static void AddInsert(NpgsqlBatch batch, IReadOnlyList<VendorFinding> findings)
    {
        (VendorFinding Finding, VendorObject Thing)[] rows = [.. findings.SelectMany(f => f.Remember.Select(thing => (f, thing)))];
        if (rows.Length == 0) return;
        batch.BatchCommands.Add(new(InsertMany)
        {
            Parameters =
            {
                Column.Text(rows, r => r.Finding.Connection), Column.Text(rows, r => r.Thing.Kind), Column.Text(rows, r => r.Thing.Id),
                Column.Text(rows, r => r.Finding.Tenant), Column.Id(rows, r => r.Finding.Order),
            },
        });
    }

    /// <returns>False: the reference was there.</returns>
    internal static async Task<bool> InsertAsync(
        NpgsqlConnection open, string connection, VendorObject thing, string tenant, Guid order, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(InsertOne, open)
        {
            Parameters =
            {
                new() { Value = connection }, new() { Value = thing.Kind }, new() { Value = thing.Id }, new() { Value = tenant }, new() { Value = order },
            },
        };
        return await command.ExecuteNonQueryAsync(ct) == 1;
    }

    private async Task<IReadOnlyList<(Guid Order, VendorObject Known)?>> FindOrdersAsync(IReadOnlyList<Question> questions)
    {
        (int Asker, int Place, VendorObject Thing)[] things = [.. questions.SelectMany((question, asker) => question.Things.Select((thing, place) => (asker, place, thing)))];
        await using var command = _database.CreateCommand(Select);
        command.Parameters.AddRange((NpgsqlParameter[])[
            Column.Int(things, t => t.Asker), Column.Int(things, t => t.Place), Column.Text(things, t => questions[t.Asker].Connection),
            Column.Text(things, t => t.Thing.Kind), Column.Text(things, t => t.Thing.Id)]);
        var found = new (Guid, VendorObject)?[questions.Count];
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync()) found[row.GetInt32(0)] = (row.GetGuid(2), questions[row.GetInt32(0)].Things[row.GetInt32(1)]);
        return found;
    }

    private sealed record Question(string Connection, IReadOnlyList<VendorObject> Things);
}
