using System.Net;
using System.Text.Json.Nodes;
using ComplianceGrid.Api.OpenApi;
using ComplianceGrid.Api.Tests.Employees;
using ComplianceGrid.Api.Tests.Hosting;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Api.Tests.Security;

/// <summary>Protected health information, in a tenant that asks what it is read for and in one that does not.</summary>
[Collection(ApiCollection.Name)]
public sealed class PurposeOfUseTests(RealGridFixture grid) : IClassFixture<RealGridFixture>
{
    private const string Header = "X-Purpose-Of-Use";
    private readonly HttpClient _client = grid.Api.Client;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Where_the_policy_asks_whoever_may_read_it_says_what_for_and_it_is_on_record()
    {
        var id = await HiredAsync("phi-asks", asks: true);
        var officer = await grid.Api.TokenAsync("phi-asks", ["MedicalReviewOfficer"]);
        foreach (var (method, path, body) in new (HttpMethod, string, object?)[]
        {
            (HttpMethod.Get, $"/api/employees/{id}", null), (HttpMethod.Get, "/api/employees", null), (HttpMethod.Get, "/api/orders", null), (HttpMethod.Get, $"/api/orders/{id}", null),
            (HttpMethod.Get, $"/api/employees/{id}/clearance?function=work", null), (HttpMethod.Post, "/api/clearances", new { questions = new[] { new { employeeId = id, function = "work" } } }),
        })
        {
            await (await _client.SendAsync(officer, method, path, body)).RefusedAsync(HttpStatusCode.BadRequest, GridError.PurposeRequired);
            foreach (var bad in new[] { "to treat", new string('a', 65), "" })
                await (await _client.SendAsync(officer, method, path, body, header: (Header, bad))).RefusedAsync(HttpStatusCode.BadRequest, GridError.PurposeRequired);
            var said = await _client.SendAsync(officer, method, path, body, header: (Header, "TREAT"));
            Assert.Equal(path == $"/api/orders/{id}" ? HttpStatusCode.NotFound : HttpStatusCode.OK, said.StatusCode);
        }

        var supervisor = await grid.Api.TokenAsync("phi-asks", ["Supervisor"]); // reads none, so is not asked
        var hidden = await _client.SendAsync(supervisor, HttpMethod.Get, $"/api/employees/{id}");
        Assert.Contains("ask the designated employer representative", await hidden.Content.ReadAsStringAsync(Ct));

        var auditor = await grid.Api.TokenAsync("phi-asks", ["Auditor"]);
        await Eventually.TrueAsync(async () =>
        {
            var entries = (await (await _client.SendAsync(auditor, HttpMethod.Get, "/audit/logs?query=action:READ&limit=100")).JsonAsync()).GetProperty("items").EnumerateArray();
            return entries.Where(entry => entry.GetProperty("result").GetString() == "SUCCESS" && entry.GetProperty("userRole").GetString() == "MedicalReviewOfficer")
                .Count(entry => entry.GetProperty("details").TryGetProperty("purpose", out var purpose) && purpose.GetString() == "TREAT") == 5;
        }, "every reading is on record with its purpose", Ct);
    }

    [Fact]
    public async Task Where_it_does_not_ask_nothing_need_be_said()
    {
        var id = await HiredAsync("phi-free", asks: false);
        var officer = await grid.Api.TokenAsync("phi-free", ["MedicalReviewOfficer"]);
        var open = await _client.SendAsync(officer, HttpMethod.Get, $"/api/employees/{id}");
        Assert.Equal(HttpStatusCode.OK, open.StatusCode);
        Assert.Contains("drug test", await open.Content.ReadAsStringAsync(Ct));
        Assert.Equal(HttpStatusCode.OK, (await _client.SendAsync(officer, HttpMethod.Get, $"/api/employees/{id}", header: (Header, "HOPERAT"))).StatusCode);
    }

    private async Task<Guid> HiredAsync(string tenant, bool asks)
    {
        var manager = await grid.Api.TokenAsync(tenant, ["ComplianceManager"]);
        var policy = OperationText.Of("publishPolicy").Request!.DeepClone().AsObject();
        if (asks) policy["asksPurposeOfUse"] = JsonValue.Create(true);
        var published = await _client.SendAsync(manager, HttpMethod.Put, "/api/policies", policy, header: ("If-None-Match", "*"));
        Assert.True(published.StatusCode == HttpStatusCode.Created, await published.Content.ReadAsStringAsync(Ct));
        var body = EmployeeApiTests.Body();
        body["dotModes"] = new[] { "fmcsa" };
        return (await (await _client.SendAsync(manager, HttpMethod.Post, "/api/employees", body)).JsonAsync()).GetProperty("id").GetGuid();
    }
}
