using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using ComplianceGrid.Api.OpenApi;
using ComplianceGrid.Api.Tests.Employees;
using ComplianceGrid.Api.Tests.Hosting;

namespace ComplianceGrid.Api.Tests.Security;

/// <summary>A member of one site, who signed in as people do, before people of two: the other site's are as if they were not there.</summary>
[Collection(ApiCollection.Name)]
public sealed class SiteScopeTests(RealGridFixture grid) : IClassFixture<RealGridFixture>
{
    private readonly HttpClient _client = grid.Api.Client;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Lists_and_counts_hold_the_members_sites_alone()
    {
        var world = await WorldAsync("sites-lists");
        foreach (var query in new[] { "", "?sort=-hired", "?status=red", "?sort=status", "?sort=-status&limit=1", "?name=nowak" })
            Assert.Equal([world.Austin], await IdsAsync(world.Member, $"/api/employees{query}"));
        Assert.Empty(await IdsAsync(world.Member, "/api/employees?site=dallas"));
        Assert.Equal(2, (await IdsAsync(world.Manager, "/api/employees")).Length);
        foreach (var query in new[] { "", "?sort=placed", "?vendor=checkr" }) Assert.Equal([world.AustinOrder], await IdsAsync(world.Member, $"/api/orders{query}"));
        Assert.Empty(await IdsAsync(world.Member, $"/api/orders?employeeId={world.Dallas}"));
        Assert.Equal(2, (await IdsAsync(world.Manager, "/api/orders")).Length);

        var summary = await JsonAsync(world.Member, "/api/reports/compliance-summary");
        Assert.Equal("austin", Assert.Single(summary.GetProperty("sites").EnumerateArray()).GetProperty("site").GetString());
        Assert.Equal(1, summary.GetProperty("red").GetInt32());
        Assert.Equal(2, (await JsonAsync(world.Manager, "/api/reports/compliance-summary")).GetProperty("red").GetInt32());
    }

    [Fact]
    public async Task A_cursor_of_more_sites_is_no_cursor_for_fewer()
    {
        var world = await WorldAsync("sites-cursor");
        var cursor = (await JsonAsync(world.Manager, "/api/employees?limit=1")).GetProperty("next").GetString();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await _client.SendAsync(world.Member, HttpMethod.Get, $"/api/employees?limit=1&cursor={cursor}")).StatusCode);
    }

    [Fact]
    public async Task Whatever_is_asked_of_somebody_at_another_site_is_answered_as_of_nobody()
    {
        var world = await WorldAsync("sites-single");
        var asked = new (HttpMethod Method, Func<Guid, string> Path, Func<Guid, object?> Body, string? IfMatch, Guid There, Guid Here)[]
        {
            (HttpMethod.Get, id => $"/api/employees/{id}", _ => null, null, world.Dallas, world.Austin),
            (HttpMethod.Get, id => $"/api/employees/{id}/clearance?function=work&at=2026-11-20T08:00:00Z", _ => null, null, world.Dallas, world.Austin),
            (HttpMethod.Post, _ => "/api/clearances", id => new { questions = new[] { new { employeeId = id, function = "drive", at = "2026-11-20T08:00:00Z" } } }, null, world.Dallas, world.Austin),
            (HttpMethod.Put, id => $"/api/employees/{id}", _ => Body("austin", "E-changed"), "*", world.Dallas, world.Austin),
            (HttpMethod.Put, id => $"/api/employees/{id}", _ => Body("austin", "E-changed"), "\"1-0\"", world.Dallas, world.Austin),
            (HttpMethod.Put, id => $"/api/employees/{id}", _ => Body("austin", "E-changed"), null, world.Dallas, world.Austin),
            (HttpMethod.Post, id => $"/api/employees/{id}/waivers", _ => new { requirement = "handbook", requestedBy = "somebody", until = "2027-01-31" }, "*", world.Dallas, world.Austin),
            (HttpMethod.Delete, id => $"/api/employees/{id}?lastDay=2026-11-30", _ => null, "*", world.Dallas, world.Austin),
            (HttpMethod.Delete, id => $"/api/employees/{id}", _ => null, "\"1-0\"", world.Dallas, world.Austin),
            (HttpMethod.Get, id => $"/api/orders/{id}", _ => null, null, world.DallasOrder, world.AustinOrder),
            (HttpMethod.Post, _ => "/api/orders", id => Order(id), null, world.Dallas, world.Austin),
        };
        foreach (var (method, path, body, ifMatch, there, here) in asked)
        {
            var unknown = Guid.AllBitsSet;
            Assert.Equal(await AnswerAsync(unknown, unknown), await AnswerAsync(there, there));
            if (ifMatch is null && method != HttpMethod.Put) Assert.NotEqual(await AnswerAsync(unknown, unknown), await AnswerAsync(here, here)); // they do see their own

            // The id itself is all that may differ.
            async Task<string> AnswerAsync(Guid id, Guid named)
            {
                var answer = await _client.SendAsync(world.Member, method, path(id), body(id), ifMatch);
                var text = (await answer.Content.ReadAsStringAsync(Ct)).Replace(named.ToString(), "ID");
                if (!answer.IsSuccessStatusCode)
                {
                    var problem = JsonNode.Parse(text)!.AsObject();
                    problem.Remove("requestId");
                    text = problem.ToJsonString();
                }

                return $"{method} {path(Guid.Empty)}: {(int)answer.StatusCode} {text}";
            }
        }

        Assert.Equal("dallas", (await JsonAsync(world.Manager, $"/api/employees/{world.Dallas}")).GetProperty("site").GetString());
        Assert.Equal(1, (await JsonAsync(world.Manager, $"/api/employees/{world.Dallas}")).GetProperty("revision").GetInt64());
    }

    [Fact]
    public async Task Nobody_is_hired_at_or_moved_to_a_site_that_the_member_cannot_see()
    {
        var world = await WorldAsync("sites-moves");
        await (await _client.SendAsync(world.Member, HttpMethod.Post, "/api/employees", Body("dallas", "E-new"))).RefusedAsync(HttpStatusCode.UnprocessableEntity, GridError.Invalid);
        await (await _client.SendAsync(world.Member, HttpMethod.Put, $"/api/employees/{world.Austin}", Body("dallas", "E-2"), "*")).RefusedAsync(HttpStatusCode.UnprocessableEntity, GridError.Invalid);
        Assert.Equal(HttpStatusCode.Created, (await _client.SendAsync(world.Member, HttpMethod.Post, "/api/employees", Body("austin", "E-new"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await _client.SendAsync(world.Member, HttpMethod.Put, $"/api/employees/{world.Austin}", Body("austin", "E-2b"), "*")).StatusCode);

        // Moved away by somebody who may: gone from sight at once.
        Assert.Equal(HttpStatusCode.OK, (await _client.SendAsync(world.Manager, HttpMethod.Put, $"/api/employees/{world.Austin}", Body("dallas", "E-2b"), "*")).StatusCode);
        await (await _client.SendAsync(world.Member, HttpMethod.Get, $"/api/employees/{world.Austin}")).RefusedAsync(HttpStatusCode.NotFound, GridError.NotFound);
    }

    private sealed record World(string Member, string Manager, Guid Dallas, Guid Austin, Guid DallasOrder, Guid AustinOrder);

    private async Task<World> WorldAsync(string tenant)
    {
        var manager = await grid.Api.TokenAsync(tenant, ["ComplianceManager"]);
        var policy = OperationText.Of("publishPolicy").Request!.DeepClone().AsObject();
        policy["sites"]!.AsArray().Add(JsonNode.Parse("""{"code":"austin","name":"Austin","timeZone":"America/Chicago"}"""));
        Assert.Equal(HttpStatusCode.Created, (await _client.SendAsync(manager, HttpMethod.Put, "/api/policies", policy, header: ("If-None-Match", "*"))).StatusCode);
        var (dallas, austin) = (await MadeAsync(manager, "/api/employees", Body("dallas", "E-1")), await MadeAsync(manager, "/api/employees", Body("austin", "E-2")));
        var (dallasOrder, austinOrder) = (await MadeAsync(manager, "/api/orders", Order(dallas)), await MadeAsync(manager, "/api/orders", Order(austin)));

        var member = await grid.Api.TokenAsync(tenant, ["ComplianceManager"], user: "member", sites: ["austin", "nowhere"]);
        return new(member, manager, dallas, austin, dallasOrder, austinOrder);
    }

    private async Task<Guid> MadeAsync(string token, string path, object body)
    {
        var answer = await _client.SendAsync(token, HttpMethod.Post, path, body);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync(Ct));
        return (await answer.JsonAsync()).GetProperty("id").GetGuid();
    }

    private async Task<Guid[]> IdsAsync(string token, string path)
    {
        var ids = new List<Guid>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await JsonAsync(token, cursor.Length == 0 ? path : $"{path}{(path.Contains('?') ? '&' : '?')}cursor={cursor}");
            ids.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetGuid()));
            cursor = page.TryGetProperty("next", out var next) ? next.GetString() : null;
        }

        return [.. ids];
    }

    private async Task<JsonElement> JsonAsync(string token, string path)
    {
        var answer = await _client.SendAsync(token, HttpMethod.Get, path);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Ct));
        return await answer.JsonAsync();
    }

    private static Dictionary<string, object?> Body(string site, string number)
    {
        var body = EmployeeApiTests.Body(number);
        body["site"] = site;
        return body;
    }

    private static object Order(Guid employee) => new { employeeId = employee, vendor = "checkr", product = "driver_pro", item = "background-check" };
}
