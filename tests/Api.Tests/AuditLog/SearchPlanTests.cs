using System.Text.RegularExpressions;
using ComplianceGrid.Storage.Audit.Search;
using ComplianceGrid.Storage.Projections.Reads;
using ComplianceGrid.Tenancy;
using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Api.Tests.AuditLog;

/// <summary>Under row-level security, as <c>grid_auditor</c>: each filter has its index, and months outside the window are not looked at.</summary>
[Collection(SearchCollection.Name)]
public sealed partial class SearchPlanTests(SearchFixture fixture)
{
    private static readonly TenantId Tenant = new(SearchFixture.Large);
    private static readonly AuditQuery April = new() { From = new(2025, 4, 2, 0, 0, 0, TimeSpan.Zero), To = new(2025, 5, 1, 0, 0, 0, TimeSpan.Zero), Limit = 51 };

    public static TheoryData<string, string> Filters => new()
    {
        { "nothing", "pkey" }, { "user", "user_id" }, { "action", "action" }, { "resource", "resource_created" }, { "record", "resource_id" },
        { "resource and record", "resource_id" }, { "id", "resource_id" }, { "id", "id_idx" }, { "failures", "created_at_idx" }, { "request", "request_id" }, { "address", "ip_address" },
    };

    private static AuditQuery Query(string filter) => filter switch
    {
        "user" => April with { User = "nobody" },
        "action" => April with { Action = "LOGOUT" },
        "resource" => April with { Resource = "none" },
        "record" => April with { ResourceId = "none" },
        "resource and record" => April with { Resource = "employees", ResourceId = "none" },
        "id" => April with { Id = Guid.AllBitsSet.ToString() },
        "failures" => April with { Result = "FAILURE" },
        "request" => April with { RequestId = "none" },
        "address" => April with { Address = "192.0.2.1" },
        _ => April,
    };

    [Theory, MemberData(nameof(Filters))]
    public async Task A_filter_goes_by_its_index_through_the_windows_month(string filter, string index)
    {
        foreach (var after in new AuditPosition?[] { null, new(new(2025, 4, 20, 0, 0, 0, TimeSpan.Zero), 0, 7) })
        {
            var plan = await ExplainAsync(AuditReads.PageQuery(Tenant, Query(filter) with { After = after }));
            Assert.DoesNotContain("Seq Scan", plan);
            Assert.Contains(Index().Matches(plan), match => match.Groups[1].Value.Contains(index));
            Assert.Equal(["2025_04"], Partition().Matches(plan).Select(match => match.Groups[1].Value).Distinct());
        }
    }

    [Fact]
    public async Task Counts_and_ends_go_by_the_same_index()
    {
        foreach (var query in new[] { AuditReads.CountQuery(Tenant, Query("user")), AuditReads.EndsQuery(Tenant, Query("user")) })
        {
            var plan = await ExplainAsync(query);
            Assert.DoesNotContain("Seq Scan", plan);
            Assert.All(Index().Matches(plan), match => Assert.Contains("user_id", match.Groups[1].Value));
        }
    }

    private async Task<string> ExplainAsync(Query query)
    {
        var ct = TestContext.Current.CancellationToken;
        await using var source = NpgsqlDataSource.Create(ReadsExtensions.ForReads(fixture.Database.Audit(GridRole.Auditor)));
        var lines = await new TenantReader(source).ReadAsync(Tenant, row => row.GetString(0), ct, query with { Sql = "EXPLAIN " + query.Sql });
        return string.Join('\n', lines);
    }

    [GeneratedRegex(@"Index.* Scan.* (?:using|on) (audit_log_\d{4}_\d\d_\w+)")]
    private static partial Regex Index();

    [GeneratedRegex(@"(?:on|using) audit_log_(\d{4}_\d\d)")]
    private static partial Regex Partition();
}
