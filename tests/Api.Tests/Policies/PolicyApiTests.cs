using System.Net;
using System.Text.Json.Nodes;
using ComplianceGrid.Api.OpenApi;
using ComplianceGrid.Api.Tests.Employees;
using ComplianceGrid.Api.Tests.Hosting;

namespace ComplianceGrid.Api.Tests.Policies;

[Collection(ApiCollection.Name)]
public sealed class PolicyApiTests(ApiFixture fixture)
{
    private readonly HttpClient _client = fixture.Api.Client;

    private static JsonNode Example() => OperationText.Of("publishPolicy").Request!.DeepClone();

    [Fact]
    public async Task The_first_policy_and_the_next_are_each_conditional()
    {
        var token = await fixture.Api.TokenAsync("policies", ["ComplianceManager"]);
        await (await _client.SendAsync(token, HttpMethod.Get, "/api/policies")).RefusedAsync(HttpStatusCode.NotFound, GridError.NotFound);
        await (await _client.SendAsync(token, HttpMethod.Put, "/api/policies", Example())).RefusedAsync((HttpStatusCode)428, GridError.PreconditionRequired);
        var first = await _client.SendAsync(token, HttpMethod.Put, "/api/policies", Example(), header: ("If-None-Match", "*"));
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        await (await _client.SendAsync(token, HttpMethod.Put, "/api/policies", Example(), header: ("If-None-Match", "*"))).RefusedAsync(HttpStatusCode.PreconditionFailed, GridError.PreconditionFailed);
        var second = await _client.SendAsync(token, HttpMethod.Put, "/api/policies", Example(), first.Headers.ETag!.ToString());
        Assert.Equal(2, (await second.JsonAsync()).GetProperty("version").GetInt32());
        await (await _client.SendAsync(token, HttpMethod.Put, "/api/policies", Example(), first.Headers.ETag!.ToString())).RefusedAsync(HttpStatusCode.PreconditionFailed, GridError.PreconditionFailed);
        Assert.Equal(second.Headers.ETag, (await _client.SendAsync(token, HttpMethod.Get, "/api/policies")).Headers.ETag);
    }

    [Theory]
    [InlineData("defaultTimeZone", "\"Mars/Base\""), InlineData("coverageTargetPercent", "101"), InlineData("requirements.0.waivable", "true")]
    [InlineData("requirements.1.code", "\"dot-pre-employment-drug-test\""), InlineData("requirements.0.order.vendor", "\"acme\""), InlineData("sites.0.code", "\"a b\"")]
    [InlineData("requirements.0.amberDays", "-1"), InlineData("requirements.0", "null"), InlineData("sites.0", "null"), InlineData("requirements.0.roles", "[null]")]
    public async Task A_policy_with_a_bad_value_is_refused(string path, string value)
    {
        var policy = Example();
        var steps = path.Split('.');
        var at = steps[..^1].Aggregate(policy, (node, step) => int.TryParse(step, out var index) ? node[index]! : node[step]!);
        if (int.TryParse(steps[^1], out var last)) at[last] = JsonNode.Parse(value);
        else at[steps[^1]] = JsonNode.Parse(value);
        await (await _client.SendAsync(await fixture.Api.TokenAsync("policies-bad", ["TenantAdmin"]), HttpMethod.Put, "/api/policies", policy, header: ("If-None-Match", "*")))
            .RefusedAsync(HttpStatusCode.UnprocessableEntity, GridError.Invalid);
    }

    [Fact]
    public async Task An_order_is_placed_once_and_shown_to_its_audience()
    {
        var token = await fixture.Api.TokenAsync("orders", ["ComplianceManager"]);
        var employee = (await (await _client.SendAsync(token, HttpMethod.Post, "/api/employees", EmployeeApiTests.Body())).JsonAsync()).GetProperty("id").GetGuid();
        var body = new { employeeId = employee, vendor = "checkr", product = "dot_5_panel", item = "drug-test.pre-employment" };
        var placed = await _client.SendAsync(token, HttpMethod.Post, "/api/orders", body, header: ("Idempotency-Key", "o-1"));
        Assert.Equal(HttpStatusCode.Created, placed.StatusCode);
        Assert.Equal(placed.Headers.Location, (await _client.SendAsync(token, HttpMethod.Post, "/api/orders", body, header: ("Idempotency-Key", "o-1"))).Headers.Location);

        var closed = await (await _client.SendAsync(token, HttpMethod.Get, placed.Headers.Location!.ToString())).JsonAsync();
        Assert.False(closed.TryGetProperty("outcome", out _) || closed.TryGetProperty("item", out _) || closed.TryGetProperty("milestones", out _));
        var open = await (await _client.SendAsync(await fixture.Api.TokenAsync("orders", ["DesignatedEmployerRepresentative"]), HttpMethod.Get, placed.Headers.Location!.ToString())).JsonAsync();
        Assert.Equal("failed", open.GetProperty("outcome").GetString());

        await (await _client.SendAsync(token, HttpMethod.Post, "/api/orders", body with { employeeId = Guid.AllBitsSet })).RefusedAsync(HttpStatusCode.UnprocessableEntity, GridError.Invalid);
        await (await _client.SendAsync(token, HttpMethod.Get, $"/api/orders/{Guid.AllBitsSet}")).RefusedAsync(HttpStatusCode.NotFound, GridError.NotFound);
        await (await _client.SendAsync(await fixture.Api.TokenAsync("initech", ["ComplianceManager"]), HttpMethod.Get, placed.Headers.Location!.ToString())).RefusedAsync(HttpStatusCode.NotFound, GridError.NotFound);
        Assert.Equal(HttpStatusCode.OK, (await _client.SendAsync(token, HttpMethod.Get, "/api/orders?sort=placed&status=red&vendor=checkr")).StatusCode);
    }
}
