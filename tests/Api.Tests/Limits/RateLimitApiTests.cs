using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using ComplianceGrid.Api.Tests.Hosting;

namespace ComplianceGrid.Api.Tests.Limits;

/// <summary>Two Api processes before one grid.</summary>
[Collection(ApiCollection.Name)]
public sealed class RateLimitApiTests(ApiFixture fixture)
{
    [Fact]
    public async Task A_users_haste_is_429_over_both_processes_and_slows_nobody_else()
    {
        await using var one = new ApiHost(Settings(("User", 10)));
        await using var other = new ApiHost(Settings(("User", 10)));
        var (hasty, calm) = (await TokenAsync("rate-user", "hasty"), await TokenAsync("rate-user", "calm"));
        List<HttpResponseMessage> answers = [];
        for (var n = 0; n < 24; n++) answers.Add(await (n % 2 == 0 ? one : other).Client.SendAsync(hasty, HttpMethod.Get, "/api/employees?limit=1"));

        Assert.Equal(10, answers.Count(answer => answer.StatusCode == HttpStatusCode.OK));
        var refused = answers[^1];
        await refused.RefusedAsync(HttpStatusCode.TooManyRequests, GridError.TooManyRequests);
        Assert.Contains("of this user", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 3600);
        Assert.Equal("\"user\";q=10;w=3600", Header(refused, "RateLimit-Policy"));
        Assert.Matches("^\"user\";r=0;t=[0-9]{1,4}$", Header(refused, "RateLimit"));
        Assert.Equal(HttpStatusCode.OK, (await one.Client.SendAsync(calm, HttpMethod.Get, "/api/employees?limit=1")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await one.Client.GetAsync("/health/live", TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task A_tenants_requests_are_counted_together_and_another_tenants_apart()
    {
        await using var host = new ApiHost(Settings(("Tenant", 8)));
        var users = await Task.WhenAll(Enumerable.Range(0, 4).Select(n => TokenAsync("rate-tenant", $"u{n}")));
        List<HttpResponseMessage> answers = [];
        for (var n = 0; n < 12; n++) answers.Add(await host.Client.SendAsync(users[n % 4], HttpMethod.Get, "/api/employees?limit=1"));
        Assert.Equal(8, answers.Count(answer => answer.StatusCode == HttpStatusCode.OK));
        Assert.Equal("\"user\";q=30000;w=3600, \"client\";q=60000;w=3600, \"tenant\";q=8;w=3600", Header(answers[0], "RateLimit-Policy"));
        Assert.Equal([7, 6, 5], answers[..3].Select(answer => int.Parse(Regex.Match(Header(answer, "RateLimit"), "\"tenant\";r=([0-9]+);").Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Contains("of this tenant", await answers[^1].Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.OK, (await host.Client.SendAsync(await TokenAsync("rate-tenant-2", "u"), HttpMethod.Get, "/api/employees?limit=1")).StatusCode);
    }

    [Fact]
    public async Task A_service_is_counted_by_its_name_in_each_tenant()
    {
        await using var host = new ApiHost(Settings(("Client", 3)));
        var token = await fixture.Api.TokenAsync("rate-client", ["Service"], user: "importer");
        for (var n = 0; n < 3; n++) Assert.Equal(HttpStatusCode.OK, (await host.Client.SendAsync(token, HttpMethod.Get, "/api/employees?limit=1")).StatusCode);
        await (await host.Client.SendAsync(token, HttpMethod.Get, "/api/employees?limit=1")).RefusedAsync(HttpStatusCode.TooManyRequests, GridError.TooManyRequests);
        var elsewhere = await fixture.Api.TokenAsync("rate-client-2", ["Service"], user: "importer");
        Assert.Equal(HttpStatusCode.OK, (await host.Client.SendAsync(elsewhere, HttpMethod.Get, "/api/employees?limit=1")).StatusCode);
    }

    [Fact]
    public async Task Strangers_are_counted_by_address_where_tokens_are_handed_out_and_with_made_up_tokens_too()
    {
        var settings = Settings(("Address", 4));
        settings["Edge:Proxies:0"] = "127.0.0.1";
        await using var host = new ApiHost(settings);
        var statuses = new List<HttpStatusCode>();
        foreach (var path in new[] { "/connect/token", "/api/auth/login", "/api/employees", "/nowhere", "/connect/token", "/api/auth/login", "/api/employees", "/nowhere" })
        {
            using var request = new HttpRequestMessage(path.StartsWith("/connect", StringComparison.Ordinal) || path.EndsWith("login", StringComparison.Ordinal) ? HttpMethod.Post : HttpMethod.Get, path);
            request.Headers.Add("X-Forwarded-For", "198.51.100.20");
            if (path == "/api/employees") request.Headers.Add("Authorization", "Bearer made-up");
            statuses.Add((await host.Client.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode);
        }

        Assert.DoesNotContain(HttpStatusCode.TooManyRequests, statuses[..4]);
        Assert.All(statuses[4..], status => Assert.Equal(HttpStatusCode.TooManyRequests, status));
        using var elsewhere = new HttpRequestMessage(HttpMethod.Get, "/nowhere");
        elsewhere.Headers.Add("X-Forwarded-For", "198.51.100.21");
        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.SendAsync(elsewhere, TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task Without_the_grid_each_process_counts_half_the_limit_by_itself()
    {
        var settings = fixture.Settings("127.0.0.1:1");
        settings["RateLimits:User"] = "6";
        settings["RateLimits:WindowSeconds"] = "3600"; // none ends amid a test
        await using var host = new ApiHost(settings, started: false);
        await host.AnswersAsync(TestContext.Current.CancellationToken);
        var (token, other) = (await TokenAsync("rate-alone", "me"), await TokenAsync("rate-alone", "first"));
        await host.JudgesTokensAsync(other, TestContext.Current.CancellationToken);
        var answers = new List<HttpStatusCode>();
        for (var n = 0; n < 8; n++) answers.Add((await host.Client.SendAsync(token, HttpMethod.Get, "/api/employees?limit=1")).StatusCode);
        var login = await host.Client.PostAsJsonAsync("/api/auth/login", new { email = "who@rate.example", password = "who knows it now" }, TestContext.Current.CancellationToken);
        await login.RefusedAsync(HttpStatusCode.ServiceUnavailable, GridError.Unavailable); // where nobody counts failures, nobody signs in
        Assert.Equal([.. Enumerable.Repeat(HttpStatusCode.OK, 3), .. Enumerable.Repeat(HttpStatusCode.TooManyRequests, 5)], answers);
    }

    private Dictionary<string, string?> Settings((string Name, int Value) limit)
    {
        var settings = fixture.Settings();
        settings[$"RateLimits:{limit.Name}"] = $"{limit.Value}";
        settings["RateLimits:WindowSeconds"] = "3600"; // none ends amid a test
        return settings;
    }

    private Task<string> TokenAsync(string tenant, string user) => fixture.Api.TokenAsync(tenant, ["Supervisor"], user: user);

    private static string Header(HttpResponseMessage answer, string name) => Assert.Single(answer.Headers.GetValues(name));
}
