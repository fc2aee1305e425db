using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ComplianceGrid.ServiceDefaults.Tests.Edge;

public sealed class SecurityHeadersTests
{
    private static readonly Dictionary<string, string> Expected = new()
    {
        ["X-Content-Type-Options"] = "nosniff",
        ["Referrer-Policy"] = "no-referrer",
        ["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'",
        ["Cross-Origin-Opener-Policy"] = "same-origin",
        ["Cross-Origin-Resource-Policy"] = "same-origin",
        ["Permissions-Policy"] = "accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()",
    };

    [Theory]
    [InlineData("/ok", 200), InlineData("/nowhere", 404), InlineData("/fault", 500), InlineData("/refused", 429), InlineData("/stranger", 401), InlineData("/away", 503), InlineData("/health/live", 200)]
    public async Task Every_answer_has_them_errors_too(string path, int status)
    {
        await using var app = await StartAsync();
        using var answer = await app.Http.GetAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(status, (int)answer.StatusCode);
        foreach (var (name, value) in Expected) Assert.Equal(value, Assert.Single(answer.Headers.GetValues(name)));
        Assert.Contains("no-store", answer.Headers.CacheControl!.ToString());
        Assert.False(answer.Headers.Contains("Server"));
        Assert.False(answer.Headers.Contains("X-Powered-By"));
        Assert.False(answer.Headers.Contains("Strict-Transport-Security")); // over http it means nothing (RFC 6797 §7.2)
    }

    [Fact]
    public async Task What_an_endpoint_says_itself_stands()
    {
        await using var app = await StartAsync();
        using var answer = await app.Http.GetAsync("/own", TestContext.Current.CancellationToken);
        Assert.Equal("default-src 'self'", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")));
        Assert.Equal((true, true, false), (answer.Headers.CacheControl!.Private, answer.Headers.CacheControl.NoCache, answer.Headers.CacheControl.NoStore));
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
    }

    [Theory]
    [InlineData("grid.example", "max-age=31536000; includeSubDomains")]
    [InlineData("localhost", null), InlineData("127.0.0.1", null)]
    public async Task Over_https_browsers_are_told_to_stay_there_but_not_with_a_developers_machine(string host, string? expected)
    {
        using var certificate = new TestCertificate();
        await using var app = await StartAsync(certificate.Settings());
        using var client = new HttpClient(new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true }) { BaseAddress = app.Address };
        foreach (var path in new[] { "/ok", "/fault" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = host } };
            using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(expected, answer.Headers.TryGetValues("Strict-Transport-Security", out var told) ? told.Single() : null);
        }
    }

    private static Task<TestApp> StartAsync(Dictionary<string, string?>? settings = null) => TestApp.StartAsync(app =>
    {
        app.MapGet("/ok", () => "ok");
        app.MapGet("/fault", string () => throw new InvalidOperationException("inside"));
        app.MapGet("/refused", string () => throw new GridException(GridError.TooManyRequests, "Wait."));
        app.MapGet("/away", string () => throw new GridException(GridError.Unavailable, "Away."));
        app.MapGet("/stranger", () => Results.StatusCode(401));
        app.MapGet("/own", (HttpContext context) =>
        {
            context.Response.Headers.ContentSecurityPolicy = "default-src 'self'";
            context.Response.Headers.CacheControl = "private, no-cache";
            return "own";
        });
    }, settings: settings, ct: TestContext.Current.CancellationToken);
}
