using ComplianceGrid.Status;
using ComplianceGrid.Storage.Projections.Reads;
using ComplianceGrid.Tenancy;
using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Api.Tests.Reads;

/// <summary>Under row-level security only leakproof operators reach an index; a plan without one reads the whole table.</summary>
public sealed class QueryPlanTests(ReadsFixture fixture)
{
    private static readonly TenantId Tenant = new(ReadsFixture.Large);

    public static TheoryData<string> Shapes => [.. Queries.Keys];

    private static readonly Dictionary<string, Query[]> Queries = new()
    {
        ["name"] = List(new() { Limit = 51 }),
        ["name after a cursor"] = List(new() { Limit = 51, After = new("smith 4", new(2020, 1, 1), ComplianceStatus.Amber, Guid.Empty) }),
        ["name descending"] = List(new() { Limit = 51, Descending = true }),
        ["name prefix"] = List(new() { Limit = 51, NamePrefix = "smith4" }),
        ["hired"] = List(new() { Limit = 51, Sort = EmployeeSort.Hired }),
        ["hired range"] = List(new() { Limit = 51, Sort = EmployeeSort.Hired, HiredFrom = new(2015, 1, 1), HiredTo = new(2015, 2, 1) }),
        ["status"] = List(new() { Limit = 51, Sort = EmployeeSort.Status }),
        ["status descending"] = List(new() { Limit = 51, Sort = EmployeeSort.Status, Descending = true }),
        ["red by name"] = List(new() { Limit = 51, Status = ComplianceStatus.Red }),
        ["red by hired"] = List(new() { Limit = 51, Status = ComplianceStatus.Red, Sort = EmployeeSort.Hired }),
        ["site"] = List(new() { Limit = 51, Site = "dallas" }),
        ["rare site"] = List(new() { Limit = 51, Site = "rare", Sort = EmployeeSort.Hired }),
        ["role"] = List(new() { Limit = 51, Role = "pilot" }),
        ["summary"] = [SummaryReads.CountQuery(Tenant, Roster.Now)],
    };

    private static Query[] List(EmployeeQuery query) => EmployeeReads.Queries(Tenant, query, Roster.Now);

    [Theory, MemberData(nameof(Shapes))]
    public async Task A_plan_uses_indexes_only(string shape)
    {
        var ct = TestContext.Current.CancellationToken;
        await using var source = NpgsqlDataSource.Create(ReadsExtensions.ForReads(fixture.Database.Grid(GridRole.Api)));
        foreach (var query in Queries[shape])
        {
            var plan = await ExplainAsync(source, query, ct);
            Assert.DoesNotMatch("Seq Scan on (grid\\.)?employee( |$)", plan);
            Assert.Matches("Index.* Scan", plan);
        }
    }

    [Fact]
    public async Task A_page_touches_few_rows_whatever_the_order()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var source = NpgsqlDataSource.Create(ReadsExtensions.ForReads(fixture.Database.Grid(GridRole.Api)));
        foreach (var shape in new[] { "name", "name after a cursor", "name descending", "name prefix", "hired", "site" })
            foreach (var query in Queries[shape])
            {
                var plan = await ExplainAsync(source, query, ct, "EXPLAIN (ANALYZE, TIMING OFF) ");
                var scans = System.Text.RegularExpressions.Regex.Matches(plan, @"Scan.*\(actual rows=(\d+)");
                Assert.All(scans, scan => Assert.InRange(int.Parse(scan.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture), 0, 1_000));
            }
    }

    private static async Task<string> ExplainAsync(NpgsqlDataSource source, Query query, CancellationToken ct, string explain = "EXPLAIN ")
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using (var tenant = new NpgsqlCommand("SELECT set_config('app.tenant_id', $1, true)", connection, transaction))
        {
            tenant.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Tenant.Value });
            await tenant.ExecuteNonQueryAsync(ct);
        }

#pragma warning disable CA2100 // both parts are constants
        await using var command = new NpgsqlCommand(explain + query.Sql, connection, transaction);
#pragma warning restore CA2100
        foreach (var parameter in query.Parameters) command.Parameters.Add(parameter.Clone());
        await using var reader = await command.ExecuteReaderAsync(ct);
        var lines = new List<string>();
        while (await reader.ReadAsync(ct)) lines.Add(reader.GetString(0));
        return string.Join('\n', lines);
    }
}
