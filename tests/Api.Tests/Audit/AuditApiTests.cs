using System.Net;
using System.Text.Json;
using ComplianceGrid.Api.Tests.Employees;
using ComplianceGrid.Api.Tests.Hosting;
using ComplianceGrid.Audit;
using ComplianceGrid.Tenancy;
using ComplianceGrid.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ComplianceGrid.Api.Tests.Audit;

[Collection(ApiCollection.Name)]
public sealed class AuditApiTests(ApiFixture fixture)
{
    private readonly HttpClient _client = fixture.Api.Client;

    /// <summary>Waits for them: after a test that let the ledger hang, entries may come by the spool.</summary>
    private static Task<List<AuditEntry>> ReadsAsync(string tenant, int count) =>
        Eventually.IsAsync(() => Task.FromResult(Reads(tenant)), found => found.Count >= count, $"{count} reads are on record", TestContext.Current.CancellationToken);

    private static List<AuditEntry> Of(string tenant) => [.. FakeAuditGrain.Entries.Where(entry => entry.TenantId == tenant)];

    private static List<AuditEntry> Reads(string tenant) => [.. Of(tenant).Where(entry => entry is { Action: AuditAction.Read, Resource: not "factors" })]; // all but the sign-in

    [Fact]
    public async Task Reads_are_on_record_before_the_answer_is()
    {
        var token = await fixture.Api.TokenAsync("audit-reads", ["ComplianceManager"]);
        var id = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
        Assert.Equal(HttpStatusCode.OK, (await _client.SendAsync(token, HttpMethod.Get, "/api/employees?name=nowak")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _client.SendAsync(token, HttpMethod.Get, $"/api/employees/{id}")).StatusCode);

        var entries = await ReadsAsync("audit-reads", 2);
        Assert.Equal(2, entries.Count);
        Assert.All(entries, entry => Assert.Equal((Calls.SubjectOf(token), "ComplianceManager", "employees", AuditAction.Read), (entry.UserId, entry.UserRole, entry.Resource, entry.Action)));
        Assert.Equal((true, null, null), (entries[0].Success, entries[0].ErrorCode, entries[0].ResourceId));
        Assert.Equal((false, "GRID-1003", id.ToString()), (entries[1].Success, entries[1].ErrorCode, entries[1].ResourceId));
        Assert.All(entries, entry => Assert.NotNull(entry.IpAddress));
        Assert.All(entries, entry => Assert.Matches("^[0-9a-f]{32}$", entry.RequestId));
        Assert.DoesNotContain(entries, entry => entry.Details!.Contains("nowak")); // what was searched for is a person's name
    }

    [Fact]
    public async Task Refusals_are_on_record_with_their_code()
    {
        var token = await fixture.Api.TokenAsync("audit-refusals", ["Supervisor"]);
        await _client.SendAsync(token, HttpMethod.Post, "/api/employees", EmployeeApiTests.Body());
        var manager = await fixture.Api.TokenAsync("audit-refusals", ["ComplianceManager"]);
        var hired = await _client.SendAsync(manager, HttpMethod.Post, "/api/employees", EmployeeApiTests.Body());
        await _client.SendAsync(manager, HttpMethod.Put, hired.Headers.Location!.ToString(), EmployeeApiTests.Body(), "\"9-9\"");

        await _client.SendAsync(manager, HttpMethod.Get, "/api/employees");
        await ReadsAsync("audit-refusals", 1); // what came before it is there
        var entries = Of("audit-refusals").Where(entry => entry.Resource == "employees" && !entry.Success).ToList();
        Assert.Equal(["GRID-1008", "GRID-1005"], entries.Select(entry => entry.ErrorCode)); // the hire's entry rides in the grain
        Assert.Equal([AuditAction.AccessDenied, AuditAction.Update], entries.Select(entry => entry.Action));
    }

    [Fact]
    public async Task A_repeated_hire_is_on_record_though_it_saved_nothing()
    {
        var token = await fixture.Api.TokenAsync("audit-repeats", ["ComplianceManager"]);
        for (var n = 0; n < 2; n++)
            await _client.SendAsync(token, HttpMethod.Post, "/api/employees", EmployeeApiTests.Body(), header: ("Idempotency-Key", "k"));
        await _client.SendAsync(token, HttpMethod.Get, "/api/employees");
        await ReadsAsync("audit-repeats", 1);
        Assert.Equal((AuditAction.Create, true), Assert.Single(Of("audit-repeats").Where(entry => entry is { Resource: "employees", Action: not AuditAction.Read }).Select(entry => (entry.Action, entry.Success))));
    }

    [Fact]
    public async Task Who_has_no_token_is_on_record_in_the_systems_log()
    {
        var ct = TestContext.Current.CancellationToken;
        var agent = $"probe-{Guid.CreateVersion7(TimeProvider.System.GetUtcNow())}";
        await using (var host = new ApiHost(fixture.Settings()))
        {
            var began = TimeProvider.System.GetUtcNow();
            for (var n = 0; n < 3; n++)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, "/api/policies");
                request.Headers.UserAgent.ParseAdd(agent);
                Assert.Equal(HttpStatusCode.Unauthorized, (await host.Client.SendAsync(request, ct)).StatusCode);
            }

            var told = Of(TenantId.System.Value).Count(entry => entry.UserAgent == agent);
            Assert.InRange(told, 0, began.Minute == TimeProvider.System.GetUtcNow().Minute ? 0 : 1); // of a minute that has ended meanwhile
            await host.Services.GetRequiredService<IHost>().StopAsync(ct); // writes what the minute has so far
        }

        var entries = await Eventually.IsAsync(() => Task.FromResult(Of(TenantId.System.Value).Where(entry => entry.UserAgent == agent).ToList()), found => found.Count > 0, "the refusals are on record", ct);
        Assert.All(entries, entry => Assert.Equal(("anonymous", AuditAction.AccessDenied, "GRID-1007"), (entry.UserId, entry.Action, entry.ErrorCode)));
        Assert.InRange(entries.Count, 1, 2); // two when the minute ended meanwhile
        Assert.Equal(3, entries.Sum(entry => JsonDocument.Parse(entry.Details!).RootElement.GetProperty("count").GetInt32()));
    }

    [Fact]
    public async Task A_log_on_is_an_entry_of_the_tenant_that_it_was_for()
    {
        var token = await fixture.Api.TokenAsync("audit-logon", ["Supervisor", "Auditor"]);
        await _client.SendAsync(token, HttpMethod.Get, "/api/employees");
        await ReadsAsync("audit-logon", 1);
        var entry = Of("audit-logon").Last(entry => entry.Resource == "sessions"); // the second factor's; the password's is before it
        Assert.Equal((Calls.SubjectOf(token), "Auditor,Supervisor", "sessions", AuditAction.Login, true), (entry.UserId, entry.UserRole, entry.Resource, entry.Action, entry.Success));
    }

    [Fact]
    public async Task What_was_searched_for_is_personal_detail()
    {
        var token = await fixture.Api.TokenAsync("audit-query", ["ComplianceManager"]);
        await _client.SendAsync(token, HttpMethod.Get, "/api/employees?name=nowak&limit=5");
        await _client.SendAsync(token, HttpMethod.Get, "/api/employees?name=nowak&limit=nothing");
        var entries = await ReadsAsync("audit-query", 2);
        Assert.Equal(($"user:{Calls.SubjectOf(token)}", """{"query":"name=nowak\u0026limit=5"}"""), (entries[0].PersonId, entries[0].Personal));
        Assert.Contains("\"count\":0", entries[0].Details);
        Assert.Null(entries[1].Personal);
    }

    [Fact]
    public async Task Each_clearance_of_a_batch_is_on_record_by_itself()
    {
        var token = await fixture.Api.TokenAsync("audit-batch", ["Supervisor"]);
        var ids = Enumerable.Range(0, 40).Select(_ => Guid.CreateVersion7(TimeProvider.System.GetUtcNow())).ToArray();
        var answer = await _client.SendAsync(token, HttpMethod.Post, "/api/clearances", new { questions = ids.Select(id => new { employeeId = id, function = "drive" }) });
        var answers = (await answer.JsonAsync()).GetProperty("answers").EnumerateArray().ToArray();
        Assert.Equal(ids, answers.Select(one => one.GetProperty("employeeId").GetGuid()));
        Assert.All(answers, one => Assert.False(one.GetProperty("allowed").GetBoolean()));

        var entries = await ReadsAsync("audit-batch", 40);
        Assert.Equal(ids.Select(id => id.ToString()).Order(), entries.Select(entry => entry.ResourceId).Order());
        Assert.Equal(entries.Count, entries.Select(entry => entry.Id).Distinct().Count());
        Assert.All(entries, entry => Assert.Contains("\"allowed\":false", entry.Details));
    }

    [Fact]
    public async Task While_the_ledger_does_not_answer_the_spool_stands_in_and_each_read_is_on_record_once()
    {
        const int Calls = 30;
        await using var host = new ApiHost(new(fixture.Settings()) { ["AuditTrail:ProtectedSeconds"] = "0.25" });
        var token = await host.TokenAsync("audit-away", ["ComplianceManager"]);
        var path = (await host.Client.SendAsync(token, HttpMethod.Post, "/api/employees", EmployeeApiTests.Body())).Headers.Location!.ToString();
        FakeAuditGrain.Hangs = true;
        try
        {
            for (var n = 0; n < Calls; n++) Assert.Equal(HttpStatusCode.OK, (await host.Client.SendAsync(token, HttpMethod.Get, path)).StatusCode);
        }
        finally
        {
            FakeAuditGrain.Hangs = false;
        }

        var entries = await ReadsAsync("audit-away", Calls);
        Assert.Equal((Calls, Calls), (entries.Count, entries.Select(entry => entry.RequestId).Distinct().Count()));
    }

    [Fact]
    public async Task Without_room_nothing_is_done_and_nothing_shown()
    {
        var settings = fixture.Settings();
        settings["AuditSpool:MaxBytes"] = "65536";
        settings["AuditSpool:SegmentBytes"] = "16384";
        settings["AuditTrail:ProtectedSeconds"] = "0.05";
        settings["AuditTrail:OnFailureOf:audit-open"] = "Open";
        await using var host = new ApiHost(settings);
        var token = await host.TokenAsync("audit-full", ["ComplianceManager"]);
        var open = await host.TokenAsync("audit-open", ["ComplianceManager"]);
        var path = (await host.Client.SendAsync(token, HttpMethod.Post, "/api/employees", EmployeeApiTests.Body())).Headers.Location!.ToString();
        FakeAuditGrain.Hangs = true;
        try
        {
            HttpResponseMessage answer;
            var calls = 0;
            do answer = await host.Client.SendAsync(token, HttpMethod.Get, path);
            while (answer.StatusCode == HttpStatusCode.OK && ++calls < 1_000);
            await answer.RefusedAsync(HttpStatusCode.ServiceUnavailable, GridError.AuditNoRoom);
            Assert.NotNull(answer.Headers.RetryAfter);
            Assert.Null(answer.Headers.ETag);
            Assert.DoesNotContain("Nowak", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

            var hire = await host.Client.SendAsync(token, HttpMethod.Post, "/api/employees", EmployeeApiTests.Body("E-2"));
            await hire.RefusedAsync(HttpStatusCode.ServiceUnavailable, GridError.AuditNoRoom); // before the act
            Assert.Equal(HttpStatusCode.OK, (await host.Client.SendAsync(open, HttpMethod.Get, "/api/reports/compliance-summary")).StatusCode);
        }
        finally
        {
            FakeAuditGrain.Hangs = false;
        }

        await Eventually.IsAsync(() => host.Client.SendAsync(token, HttpMethod.Get, path), again => again.StatusCode == HttpStatusCode.OK, "there is room again", TestContext.Current.CancellationToken);
    }
}
