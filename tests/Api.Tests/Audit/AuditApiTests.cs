using System.Net;
using ComplianceGrid.Api.Tests.Employees;
using ComplianceGrid.Api.Tests.Hosting;
using ComplianceGrid.Audit;

namespace ComplianceGrid.Api.Tests.Audit;

[Collection(ApiCollection.Name)]
public sealed class AuditApiTests(ApiFixture fixture)
{
    private readonly HttpClient _client = fixture.Api.Client;

    private static List<AuditEntry> Of(string tenant) => [.. FakeAuditGrain.Entries.Where(entry => entry.TenantId == tenant)];

    [Fact]
    public async Task Reads_are_on_record_before_the_answer_is()
    {
        var token = await _client.TokenAsync("audit-reads", ["ComplianceManager"], user: "kim");
        var id = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
        Assert.Equal(HttpStatusCode.OK, (await _client.SendAsync(token, HttpMethod.Get, "/api/employees?name=nowak")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _client.SendAsync(token, HttpMethod.Get, $"/api/employees/{id}")).StatusCode);

        var entries = Of("audit-reads");
        Assert.Equal(2, entries.Count);
        Assert.All(entries, entry => Assert.Equal(("kim", "ComplianceManager", "employees", AuditAction.Read), (entry.UserId, entry.UserRole, entry.Resource, entry.Action)));
        Assert.Equal((true, null, null), (entries[0].Success, entries[0].ErrorCode, entries[0].ResourceId));
        Assert.Equal((false, "GRID-1003", id.ToString()), (entries[1].Success, entries[1].ErrorCode, entries[1].ResourceId));
        Assert.All(entries, entry => Assert.NotNull(entry.IpAddress));
        Assert.All(entries, entry => Assert.Matches("^[0-9a-f]{32}$", entry.RequestId));
        Assert.DoesNotContain(entries, entry => entry.Details!.Contains("nowak")); // what was searched for is a person's name
    }

    [Fact]
    public async Task Refusals_are_on_record_with_their_code()
    {
        var token = await _client.TokenAsync("audit-refusals", ["Supervisor"]);
        await _client.SendAsync(token, HttpMethod.Post, "/api/employees", EmployeeApiTests.Body());
        var manager = await _client.TokenAsync("audit-refusals", ["ComplianceManager"]);
        var hired = await _client.SendAsync(manager, HttpMethod.Post, "/api/employees", EmployeeApiTests.Body());
        await _client.SendAsync(manager, HttpMethod.Put, hired.Headers.Location!.ToString(), EmployeeApiTests.Body(), "\"9-9\"");

        var entries = Of("audit-refusals");
        Assert.Equal(["GRID-1008", "GRID-1005"], entries.Select(entry => entry.ErrorCode)); // the hire's entry rides in the grain
        Assert.Equal([AuditAction.AccessDenied, AuditAction.Update], entries.Select(entry => entry.Action));
    }

    [Fact]
    public async Task A_repeated_hire_is_on_record_though_it_saved_nothing()
    {
        var token = await _client.TokenAsync("audit-repeats", ["ComplianceManager"]);
        for (var n = 0; n < 2; n++)
            await _client.SendAsync(token, HttpMethod.Post, "/api/employees", EmployeeApiTests.Body(), header: ("Idempotency-Key", "k"));
        Assert.Equal((AuditAction.Create, true), Assert.Single(Of("audit-repeats").Select(entry => (entry.Action, entry.Success))));
    }

    [Fact]
    public async Task Who_has_no_token_is_on_record_in_the_systems_log()
    {
        var agent = $"probe-{Guid.CreateVersion7(TimeProvider.System.GetUtcNow())}";
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/policies");
        request.Headers.UserAgent.ParseAdd(agent);
        Assert.Equal(HttpStatusCode.Unauthorized, (await _client.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode);
        var entry = Assert.Single(Of(AuditEntry.SystemTenant), entry => entry.UserAgent == agent);
        Assert.Equal(("anonymous", AuditAction.AccessDenied, "GRID-1007"), (entry.UserId, entry.Action, entry.ErrorCode));
    }

    [Fact]
    public async Task Each_clearance_of_a_batch_is_on_record_by_itself()
    {
        var token = await _client.TokenAsync("audit-batch", ["Supervisor"]);
        var ids = Enumerable.Range(0, 40).Select(_ => Guid.CreateVersion7(TimeProvider.System.GetUtcNow())).ToArray();
        var answer = await _client.SendAsync(token, HttpMethod.Post, "/api/clearances", new { questions = ids.Select(id => new { employeeId = id, function = "drive" }) });
        var answers = (await answer.JsonAsync()).GetProperty("answers").EnumerateArray().ToArray();
        Assert.Equal(ids, answers.Select(one => one.GetProperty("employeeId").GetGuid()));
        Assert.All(answers, one => Assert.False(one.GetProperty("allowed").GetBoolean()));

        var entries = Of("audit-batch");
        Assert.Equal(ids.Select(id => id.ToString()).Order(), entries.Select(entry => entry.ResourceId).Order());
        Assert.Equal(entries.Count, entries.Select(entry => entry.Id).Distinct().Count());
        Assert.All(entries, entry => Assert.Contains("\"allowed\":false", entry.Details));
    }

    [Fact]
    public async Task Nothing_is_shown_while_the_ledger_does_not_answer()
    {
        var token = await _client.TokenAsync("audit-away", ["ComplianceManager"]);
        var path = (await _client.SendAsync(token, HttpMethod.Post, "/api/employees", EmployeeApiTests.Body())).Headers.Location!.ToString();
        FakeAuditGrain.Hangs = true;
        try
        {
            var answer = await _client.SendAsync(token, HttpMethod.Get, path);
            await answer.RefusedAsync(HttpStatusCode.ServiceUnavailable, GridError.Unavailable);
            Assert.NotNull(answer.Headers.RetryAfter);
            Assert.Null(answer.Headers.ETag);
            Assert.DoesNotContain("Nowak", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
        finally
        {
            FakeAuditGrain.Hangs = false;
        }

        var deadline = TimeProvider.System.GetTimestamp();
        HttpResponseMessage again;
        do again = await _client.SendAsync(token, HttpMethod.Get, path);
        while (again.StatusCode != HttpStatusCode.OK && TimeProvider.System.GetElapsedTime(deadline) < TimeSpan.FromSeconds(15));
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }
}
