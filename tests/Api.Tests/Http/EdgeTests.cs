using System.Net;
using ComplianceGrid.Api.Tests.Hosting;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ComplianceGrid.Api.Tests.Http;

/// <summary>The edge as this host has it; what it does in itself is tested where it stands, in ServiceDefaults.</summary>
[Collection(ApiCollection.Name)]
public sealed class EdgeTests(ApiFixture fixture)
{
    [Fact]
    public async Task Answers_of_all_kinds_have_the_security_headers_and_what_endpoints_say_themselves_stands()
    {
        var token = await fixture.Api.TokenAsync("edge", ["Supervisor"]);
        foreach (var (path, bearer, status, policy, cache) in new[]
        {
            ("/api/employees?limit=1", token, 200, "default-src 'none'; frame-ancestors 'none'", "private, no-cache"),
            ("/api/employees?limit=1", null, 401, "default-src 'none'; frame-ancestors 'none'", "no-store"),
            ("/audit/logs", token, 403, "default-src 'none'; frame-ancestors 'none'", "no-store"),
            ("/nowhere", null, 404, "default-src 'none'; frame-ancestors 'none'", "no-store"),
            ("/sign-in", null, 200, "default-src 'none'; style-src 'self'; form-action 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'", "no-store"),
            ("/reference/", null, 200, "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; frame-ancestors 'none'", ""),
            ("/.well-known/openid-configuration", null, 200, "default-src 'none'; frame-ancestors 'none'", ""),
        })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (bearer is not null) request.Headers.Authorization = new("Bearer", bearer);
            using var answer = await fixture.Api.Client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.True(status == (int)answer.StatusCode, $"{path}: {answer.StatusCode}");
            Assert.StartsWith(policy, Assert.Single(answer.Headers.GetValues("Content-Security-Policy")));
            foreach (var name in new[] { "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy", "Permissions-Policy" })
                Assert.Single(answer.Headers.GetValues(name));
            if (cache.Length > 0) Assert.Contains(cache.Split(' ')[^1], answer.Headers.CacheControl!.ToString());
            Assert.False(answer.Headers.Contains("Server"));
            Assert.True(answer.Headers.Contains("RateLimit"), path);
        }
    }

    [Fact]
    public async Task The_audit_log_names_the_client_that_a_listed_proxy_names_and_no_other()
    {
        var settings = fixture.Settings();
        settings["Edge:Proxies:0"] = "127.0.0.1";
        await using var behind = new ApiHost(settings);
        Assert.Equal("203.0.113.50", await AddressOnRecordAsync(behind, "edge-listed"));
        Assert.Equal("127.0.0.1", await AddressOnRecordAsync(fixture.Api, "edge-unlisted"));
    }

    [Fact]
    public async Task A_browser_of_a_listed_origin_may_call_the_api_and_its_preflight_needs_no_token()
    {
        var settings = fixture.Settings();
        settings["Edge:Origins:0"] = "https://app.example";
        await using var host = new ApiHost(settings);
        using var request = new HttpRequestMessage(HttpMethod.Options, "/api/employees");
        request.Headers.Add("Origin", "https://app.example");
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "authorization,content-type,idempotency-key");
        using var answer = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal("https://app.example", Assert.Single(answer.Headers.GetValues("Access-Control-Allow-Origin")));
    }

    [Fact]
    public void What_takes_a_body_says_how_long_it_may_be()
    {
        var endpoints = fixture.Api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();
        var open = endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Any(method => method is "POST" or "PUT" or "PATCH") == true
                && endpoint.Metadata.GetMetadata<IRequestSizeLimitMetadata>() is null)
            .Select(endpoint => endpoint.RoutePattern.RawText!).Order().ToArray();
        Assert.Equal([], open.Except(["/connect/token", "/connect/userinfo", "/api/auth/logout", "/audit/checkpoint", "/api/parked-events/{id:guid}/replay", "/api/auth/passkeys/own/options", "/api/auth/users/{id:guid}/factor-reset/", "/api/auth/users/{id:guid}/factor-reset/approval"])); // Http:MaxBodyBytes alone, and of no body read
    }

    private async Task<string?> AddressOnRecordAsync(ApiHost host, string tenant)
    {
        var token = await fixture.Api.TokenAsync(tenant, ["Supervisor"]);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/employees?limit=1") { Headers = { Authorization = new("Bearer", token) } };
        request.Headers.Add("X-Forwarded-For", "6.6.6.6, 203.0.113.50");
        Assert.Equal(HttpStatusCode.OK, (await host.Client.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode);
        return Assert.Single(FakeAuditGrain.Entries, entry => entry.TenantId == tenant && entry.Resource == "employees").IpAddress;
    }
}
