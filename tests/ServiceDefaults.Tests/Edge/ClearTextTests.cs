using System.Net;

namespace ComplianceGrid.ServiceDefaults.Tests.Edge;

public sealed class ClearTextTests
{
    [Theory]
    [InlineData("Urls", "http://0.0.0.0:0")]
    [InlineData("Urls", "http://127.0.0.1:0;http://*:0")]
    [InlineData("Urls", "http://[::]:0")]
    [InlineData("Urls", "http://192.0.2.7:0")]
    [InlineData("Kestrel:Endpoints:Own:Url", "http://0.0.0.0:0")]
    public async Task Outside_development_a_host_that_would_be_open_in_clear_does_not_start(string key, string addresses)
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(async () => await TestApp.StartAsync(settings: new() { [key] = addresses }, ct: TestContext.Current.CancellationToken));
        Assert.Contains("would listen in clear beyond this machine", failure.Message);
        Assert.Contains("Edge:CertificateFile", failure.Message);
    }

    [Fact]
    public async Task An_address_that_code_added_is_found_too()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(async () => await TestApp.StartAsync(app => app.Urls.Add("http://0.0.0.0:0"), settings: new() { ["Urls"] = null }, ct: TestContext.Current.CancellationToken));
        Assert.Contains("would listen in clear", failure.Message);
    }

    [Fact]
    public async Task Ports_without_an_address_are_open_to_all()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(async () => await TestApp.StartAsync(settings: new() { ["Urls"] = null, ["http_ports"] = "0" }, ct: TestContext.Current.CancellationToken));
        Assert.Contains("'http://*:0'", failure.Message);
    }

    [Fact]
    public async Task In_development_it_starts()
    {
        await using var app = await TestApp.StartAsync(settings: new() { ["Urls"] = "http://0.0.0.0:0" }, environment: "Development", ct: TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, (await app.Http.GetAsync("/health/live", TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task Behind_a_proxy_it_starts_and_turns_away_what_came_to_the_proxy_in_clear()
    {
        await using var app = await TestApp.StartAsync(
            map: host => Microsoft.AspNetCore.Builder.EndpointRouteBuilderExtensions.MapGet(host, "/x", () => "x"),
            settings: new() { ["Urls"] = "http://0.0.0.0:0", ["Edge:Proxies:0"] = "127.0.0.1" }, ct: TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app, "/x", "https"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(app, "/x", "http"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(app, "/x", null));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app, "/health/live", null));
    }

    private static async Task<HttpStatusCode> StatusAsync(TestApp app, string path, string? scheme)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("X-Forwarded-For", "203.0.113.9");
        if (scheme is not null) request.Headers.Add("X-Forwarded-Proto", scheme);
        return (await app.Http.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode;
    }
}
