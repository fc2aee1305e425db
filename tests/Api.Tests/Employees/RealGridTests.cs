using System.Net;
using System.Text.Json;
using ComplianceGrid.Api.OpenApi;
using ComplianceGrid.Api.Tests.Hosting;
using ComplianceGrid.Api.Tests.Reads;
using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Api.Tests.Employees;

/// <summary>Through the front door into the product's grains and their storage, and back out of the read models.</summary>
[Collection(ApiCollection.Name)]
public sealed class RealGridTests(RealGridFixture grid, ReadsFixture reads) : IClassFixture<RealGridFixture>
{
    private readonly HttpClient _client = grid.Api.Client;

    private async Task<string> PolicyAsync(string tenant)
    {
        var token = await grid.Api.TokenAsync(tenant, ["ComplianceManager", "DesignatedEmployerRepresentative"]);
        var published = await _client.SendAsync(token, HttpMethod.Put, "/api/policies", OperationText.Of("publishPolicy").Request, header: ("If-None-Match", "*"));
        Assert.True(published.StatusCode == HttpStatusCode.Created, await published.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return token;
    }

    private Task<HttpResponseMessage> HireAsync(string token, string number, string key) => _client.SendAsync(token, HttpMethod.Post, "/api/employees",
        new { employeeNumber = number, givenName = "Ada", familyName = "Nowak", site = "dallas", roles = new[] { "driver" }, dotModes = new[] { "fmcsa" }, hiredOn = "2026-03-02", email = "ada@example.com" },
        header: ("Idempotency-Key", key));

    [Fact]
    public async Task What_is_written_is_read_at_once_and_ends_in_the_counts()
    {
        var token = await PolicyAsync("real-writes");
        var hired = await HireAsync(token, "E-1", "row-1");
        var employee = await hired.JsonAsync();
        Assert.Equal("red", employee.GetProperty("status").GetString()); // nobody drives before the pre-employment result

        var item = (await (await _client.SendAsync(token, HttpMethod.Get, "/api/employees?name=nowak%20a&status=red")).JsonAsync()).GetProperty("items").EnumerateArray().Single();
        Assert.Equal(employee.GetProperty("id").GetGuid(), item.GetProperty("id").GetGuid());
        Assert.Equal(employee.GetProperty("revision").GetInt64(), item.GetProperty("revision").GetInt64());
        Assert.Contains(item.GetProperty("reasons").EnumerateArray(), reason => reason.GetProperty("citation").GetString() == "49 CFR 382.301");
        Assert.Equal((0, 0, 1), await SummaryAsync(token));

        var path = hired.Headers.Location!.ToString();
        Assert.False((await (await _client.SendAsync(token, HttpMethod.Get, path + "/clearance?function=drive")).JsonAsync()).GetProperty("allowed").GetBoolean());
        var ended = await _client.SendAsync(token, HttpMethod.Delete, path + "?lastDay=2026-03-03", ifMatch: hired.Headers.ETag!.ToString());
        Assert.Equal(HttpStatusCode.OK, ended.StatusCode);
        Assert.Equal((0, 0, 0), await SummaryAsync(token));
        await (await _client.SendAsync(token, HttpMethod.Put, path, new { employeeNumber = "E-1", givenName = "A", familyName = "B", site = "dallas", roles = Array.Empty<string>(), hiredOn = "2026-03-02" }, ended.Headers.ETag!.ToString()))
            .RefusedAsync(HttpStatusCode.Conflict, GridError.EmploymentEnded);
    }

    [Fact]
    public async Task Before_a_grid_and_a_migrated_database_the_host_is_ready() =>
        Assert.Equal(HttpStatusCode.OK, (await _client.GetAsync("/health/ready", TestContext.Current.CancellationToken)).StatusCode);

    [Fact]
    public async Task A_retry_creates_one_and_another_record_cannot_take_its_number()
    {
        var token = await PolicyAsync("real-retries");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => HireAsync(token, "E-1", "same")));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Created, answer.StatusCode));
        Assert.Single(answers.Select(answer => answer.Headers.Location).Distinct());
        Assert.Equal((0, 0, 1), await SummaryAsync(token));
        await (await HireAsync(token, "E-1", "other")).RefusedAsync(HttpStatusCode.Conflict, GridError.AlreadyExists);
        Assert.Equal((0, 0, 1), await SummaryAsync(token));
    }

    [Fact]
    public async Task A_changes_audit_entry_leaves_with_the_change_and_names_caller_and_request()
    {
        var token = await PolicyAsync("real-audit");
        await HireAsync(token, "E-1", "row-1");
        await using var connection = new NpgsqlConnection(reads.Database.Grid(GridRole.Superuser));
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand("SELECT convert_from(body, 'UTF8') FROM grid.outbox WHERE kind = 'audit' AND tenant_id = 'real-audit' ORDER BY position", connection);
        await using var rows = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var entries = new List<JsonElement>();
        while (await rows.ReadAsync(TestContext.Current.CancellationToken)) entries.Add(JsonDocument.Parse(rows.GetString(0)).RootElement);

        var create = Assert.Single(entries, entry => entry.GetProperty("action").GetString() == "create");
        Assert.Equal(Calls.SubjectOf(token), create.GetProperty("userId").GetString());
        Assert.Contains("ComplianceManager", create.GetProperty("userRole").GetString());
        Assert.Equal("127.0.0.1", create.GetProperty("ipAddress").GetString()!.Replace("::ffff:", ""));
        Assert.Matches("^[0-9a-f]{32}$", create.GetProperty("requestId").GetString());
        // It rides in the grain's transaction, so the front door itself has written none.
        await using var audit = NpgsqlDataSource.Create(reads.Database.Audit(GridRole.Superuser));
        await using var written = audit.CreateCommand("SELECT count(*) FROM audit.audit_log WHERE tenant_id = 'real-audit' AND resource = 'employees'");
        Assert.Equal(0L, await written.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_order_is_placed_listed_and_read()
    {
        var token = await PolicyAsync("real-orders");
        var employee = (await (await HireAsync(token, "E-1", "row-1")).JsonAsync()).GetProperty("id").GetGuid();
        var placed = await _client.SendAsync(token, HttpMethod.Post, "/api/orders", new { employeeId = employee, vendor = "checkr", product = "driver_pro", item = "background-check" });
        Assert.True(placed.StatusCode == HttpStatusCode.Created, await placed.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var listed = (await (await _client.SendAsync(token, HttpMethod.Get, $"/api/orders?employeeId={employee}")).JsonAsync()).GetProperty("items").EnumerateArray().Single();
        Assert.Equal(placed.Headers.Location!.ToString(), $"/api/orders/{listed.GetProperty("id").GetGuid()}");
        Assert.Equal("background-check", (await (await _client.SendAsync(token, HttpMethod.Get, placed.Headers.Location!.ToString())).JsonAsync()).GetProperty("item").GetString());
    }

    [Fact]
    public async Task One_tenant_never_reads_or_changes_anothers()
    {
        var (mine, theirs) = (await PolicyAsync("real-mine"), await PolicyAsync("real-theirs"));
        var hired = await HireAsync(theirs, "E-1", "row-1");
        var path = hired.Headers.Location!.ToString();
        await (await _client.SendAsync(mine, HttpMethod.Get, path)).RefusedAsync(HttpStatusCode.NotFound, GridError.NotFound);
        await (await _client.SendAsync(mine, HttpMethod.Delete, path, ifMatch: hired.Headers.ETag!.ToString())).RefusedAsync(HttpStatusCode.NotFound, GridError.NotFound);
        Assert.Equal(0, (await (await _client.SendAsync(mine, HttpMethod.Get, "/api/employees")).JsonAsync()).GetProperty("items").GetArrayLength());
        Assert.Equal((0, 0, 0), await SummaryAsync(mine));
        Assert.Equal((0, 0, 1), await SummaryAsync(theirs));
    }

    private async Task<(long, long, long)> SummaryAsync(string token)
    {
        var summary = await (await _client.SendAsync(token, HttpMethod.Get, "/api/reports/compliance-summary")).JsonAsync();
        return (summary.GetProperty("green").GetInt64(), summary.GetProperty("amber").GetInt64(), summary.GetProperty("red").GetInt64());
    }
}
