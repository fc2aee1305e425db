using ComplianceGrid.Status;
using ComplianceGrid.TestKit;
using Npgsql;
using NpgsqlTypes;

namespace ComplianceGrid.Api.Tests.Reads;

/// <summary>A made-up person as the model knows them. The model shares no code with the reads.</summary>
internal sealed record Person(
    string Tenant, Guid Id, string Number, string Given, string Family, string Site, string[] Roles, DateOnly Hired, DateOnly? Ended,
    int Stored, (DateTimeOffset At, int Status)[] Changes)
{
    /// <summary>The colour at an instant, step by step through what time brings.</summary>
    public int ColourAt(DateTimeOffset now)
    {
        var colour = Stored;
        foreach (var (at, status) in Changes)
            if (at <= now) colour = status;
        return colour;
    }

    public string Key => (Family + " " + Given).ToLowerInvariant();
}

/// <summary>Generates a roster and writes it as projection rows, without the code that writes them in production.</summary>
internal static class Roster
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly string[] Given = ["Ada", "Bo", "Chloé", "Dmitri", "Eun", "Fatima", "Gus", "Hana", "Ivo", "José"];
    private static readonly string[] Family = ["Ng", "Smith", "Smithson", "Łukasz", "Åberg", "O'Neil", "van Dam", "Garcia", "Zhou", "Da Silva", "Smit", "Éluard"];
    private static readonly string[] Sites = ["dallas", "houston", "reno", "tulsa", "waco"];

    public static List<Person> Generate(string tenant, int count, uint seed)
    {
        var state = seed;
        int Next(int below)
        {
            state = state * 1664525u + 1013904223u;
            return (int)((state >> 8) % (uint)below);
        }

        return [.. Enumerable.Range(0, count).Select(n =>
        {
            // 3 % are past a change of colour that nobody has recorded yet.
            var due = Next(100) < 3;
            var changes = Next(2) == 0 && !due ? [] : Enumerable.Range(0, 1 + Next(3))
                .Select(step => (Now.AddHours((due ? -72 : 24) + step * 48), Next(3))).ToArray();
            return new Person(tenant, new Guid(n, (short)tenant.Length, (short)Next(30000), 0x80, 1, 2, 3, 4, 5, 6, 7), $"E-{n:000000}",
                Given[Next(Given.Length)], Family[Next(Family.Length)] + (Next(4) == 0 ? "" : Next(500).ToString(System.Globalization.CultureInfo.InvariantCulture)),
                Next(1000) == 0 ? "rare" : Sites[Next(Sites.Length)], Next(500) == 0 ? ["pilot"] : Next(2) == 0 ? ["driver"] : ["warehouse", "driver"],
                new DateOnly(2010, 1, 1).AddDays(Next(5800)), Next(20) == 0 ? new DateOnly(2026, 2, 1) : null, Next(10) switch { 0 => 2, 1 => 1, _ => 0 }, changes);
        })];
    }

    public static async Task WriteAsync(GridDatabase database, IEnumerable<Person> people, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(database.Grid(GridRole.Superuser));
        await connection.OpenAsync(ct);
        await using (var copy = await connection.BeginBinaryImportAsync("""
            COPY grid.employee (tenant_id, employee_id, employee_number, given_name, family_name, sort_name, site, roles, hired_on, employment_ended_on,
              status, transition_at, transition_status, next_transition_at, reasons, policy_version, revision, evaluated_at) FROM STDIN (FORMAT binary)
            """, ct))
        {
            foreach (var person in people) await WriteAsync(copy, person, ct);
            await copy.CompleteAsync(ct);
        }

        // The counts as the writers keep them: by stored colour, spread over shards.
        await using var counts = new NpgsqlCommand("""
            INSERT INTO grid.employee_count (tenant_id, site, status, shard, employees)
            SELECT tenant_id, site, status, abs(hashtext(employee_id::text)) % 4, count(*) FROM grid.employee
             WHERE employment_ended_on IS NULL GROUP BY 1, 2, 3, 4
            ON CONFLICT (tenant_id, site, status, shard) DO UPDATE SET employees = excluded.employees
            """, connection);
        await counts.ExecuteNonQueryAsync(ct);
        await using var analyze = new NpgsqlCommand("ANALYZE grid.employee", connection);
        await analyze.ExecuteNonQueryAsync(ct);
    }

    private static async Task WriteAsync(NpgsqlBinaryImporter copy, Person person, CancellationToken ct)
    {
        await copy.StartRowAsync(ct);
        await copy.WriteAsync(person.Tenant, ct);
        await copy.WriteAsync(person.Id, ct);
        await copy.WriteAsync(person.Number, ct);
        await copy.WriteAsync(person.Given, ct);
        await copy.WriteAsync(person.Family, ct);
        await copy.WriteAsync(person.Key, ct);
        await copy.WriteAsync(person.Site, ct);
        await copy.WriteAsync(person.Roles, ct);
        await copy.WriteAsync(person.Hired, ct);
        if (person.Ended is { } ended) await copy.WriteAsync(ended, ct);
        else await copy.WriteNullAsync(ct);
        await copy.WriteAsync((short)person.Stored, ct);
        await copy.WriteAsync(person.Changes.Select(change => change.At.UtcDateTime).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.TimestampTz, ct);
        await copy.WriteAsync(person.Changes.Select(change => (short)change.Status).ToArray(), ct);
        if (person.Changes.Length > 0) await copy.WriteAsync(person.Changes[0].At.UtcDateTime, NpgsqlDbType.TimestampTz, ct);
        else await copy.WriteNullAsync(ct);
        await copy.WriteAsync(Reasons(person), NpgsqlDbType.Jsonb, ct);
        await copy.WriteAsync(1, ct);
        await copy.WriteAsync(1L, ct);
        await copy.WriteAsync(Now.UtcDateTime.AddDays(-5), NpgsqlDbType.TimestampTz, ct);
    }

    private static string Reasons(Person person) => person.Stored == (int)ComplianceStatus.Green ? "[]" : """
        [{"code":"pending","status":"red","requirement":"dot-test","text":"awaiting the pre-employment drug test","remedy":"Wait.","audience":"drugAndAlcohol"}]
        """;
}
