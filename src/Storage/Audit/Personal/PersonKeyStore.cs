using ComplianceGrid.Storage.Sql;
using Npgsql;

namespace ComplianceGrid.Storage.Audit.Personal;

/// <summary>The rows of <c>grid.person_key</c>.</summary>
internal sealed class PersonKeyStore(NpgsqlDataSource source)
{
    private const string Scope = "SELECT set_config('app.tenant_ids', $1, true)";

    private const string Insert = """
        INSERT INTO grid.person_key (tenant_id, person_id, wrapped) SELECT * FROM unnest($1, $2, $3) ON CONFLICT DO NOTHING
        """;

    // A row for each by its whole key: as a join it may read all keys of the tenants in scope, which is how row-level security names them.
    private const string Select = """
        SELECT p.tenant_id, p.person_id, k.wrapped
          FROM unnest($1, $2) AS p (tenant_id, person_id)
               CROSS JOIN LATERAL (SELECT wrapped FROM grid.person_key WHERE tenant_id = p.tenant_id AND person_id = p.person_id LIMIT 1) k
        """;

    private const string Erase = "SELECT grid.erase_person_key($1, $2)";

    /// <returns>The wrapped keys of those who have a row; null: erased.</returns>
    public Task<Dictionary<Person, byte[]?>> ReadAsync(IReadOnlyList<Person> persons, CancellationToken ct) => RunAsync(persons, null, ct);

    /// <summary>Adds keys where there are none, and reads whichever there are then: racing first uses agree on one.</summary>
    public Task<Dictionary<Person, byte[]?>> AddAsync(IReadOnlyList<Person> persons, IReadOnlyList<byte[]> wrapped, CancellationToken ct) =>
        RunAsync(persons, wrapped, ct);

    public async Task<DateTimeOffset> EraseAsync(Person person, CancellationToken ct)
    {
        await using var command = source.CreateCommand(Erase);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = person.Tenant.Value });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = person.Id });
        return new((DateTime)(await command.ExecuteScalarAsync(ct))!);
    }

    // One batch is one implicit transaction, in which the setting holds.
    private async Task<Dictionary<Person, byte[]?>> RunAsync(IReadOnlyList<Person> persons, IReadOnlyList<byte[]>? wrapped, CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(new(Scope) { Parameters = { new NpgsqlParameter<string> { TypedValue = string.Join(',', persons.Select(person => person.Tenant.Value).Distinct()) } } });
        if (wrapped is not null)
            batch.BatchCommands.Add(new(Insert) { Parameters = { Tenants(persons), Ids(persons), Column.Bytes(wrapped, key => key) } });
        batch.BatchCommands.Add(new(Select) { Parameters = { Tenants(persons), Ids(persons) } });
        Dictionary<Person, byte[]?> keys = [];
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        while (await reader.ReadAsync(ct))
            keys[new(new(reader.GetString(0)), reader.GetString(1))] = await reader.IsDBNullAsync(2, ct) ? null : reader.GetFieldValue<byte[]>(2);
        return keys;
    }

    private static NpgsqlParameter Tenants(IReadOnlyList<Person> persons) => Column.Text(persons, person => person.Tenant.Value);

    private static NpgsqlParameter Ids(IReadOnlyList<Person> persons) => Column.Text(persons, person => person.Id);
}
