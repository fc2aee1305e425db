using System.Net;
using Microsoft.AspNetCore.Builder;

namespace ComplianceGrid.ServiceDefaults.Tests.Edge;

public sealed class CorsTests
{
    private const string Listed = "https://app.example";
    private static readonly Dictionary<string, string?> One = new() { ["Edge:Origins:0"] = Listed };

    [Fact]
    public async Task A_listed_origin_may_ask_and_read_without_cookies()
    {
        await using var app = await StartAsync(One);
        using var preflight = await PreflightAsync(app, Listed);
        Assert.Equal(HttpStatusCode.NoContent, preflight.StatusCode);
        Assert.Equal(Listed, Assert.Single(preflight.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Contains("PUT", Assert.Single(preflight.Headers.GetValues("Access-Control-Allow-Methods")));
        Assert.Contains("Authorization", Assert.Single(preflight.Headers.GetValues("Access-Control-Allow-Headers")));
        Assert.False(preflight.Headers.Contains("Access-Control-Allow-Credentials"));

        using var request = new HttpRequestMessage(HttpMethod.Put, "/x") { Headers = { { "Origin", Listed } } };
        using var answer = await app.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(Listed, Assert.Single(answer.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Contains("ETag", Assert.Single(answer.Headers.GetValues("Access-Control-Expose-Headers")));
    }

    [Theory]
    [InlineData("https://evil.example"), InlineData("http://app.example"), InlineData("https://app.example:8443"), InlineData("https://app.example.evil.example"), InlineData("https://sub.app.example"), InlineData("null")]
    public async Task Any_other_origin_is_told_nothing(string origin)
    {
        await using var app = await StartAsync(One);
        using var preflight = await PreflightAsync(app, origin);
        Assert.False(preflight.Headers.Contains("Access-Control-Allow-Origin"));
        using var request = new HttpRequestMessage(HttpMethod.Put, "/x") { Headers = { { "Origin", origin } } };
        using var answer = await app.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task By_default_nobody_is_listed_and_an_answer_of_an_error_is_readable_for_who_is()
    {
        await using (var closed = await StartAsync([]))
        {
            using var preflight = await PreflightAsync(closed, Listed);
            Assert.Equal(HttpStatusCode.MethodNotAllowed, preflight.StatusCode);
            Assert.False(preflight.Headers.Contains("Access-Control-Allow-Origin"));
        }

        await using var app = await StartAsync(One);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/nowhere") { Headers = { { "Origin", Listed } } };
        using var answer = await app.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.NotFound, Listed), (answer.StatusCode, Assert.Single(answer.Headers.GetValues("Access-Control-Allow-Origin"))));
    }

    private static Task<TestApp> StartAsync(Dictionary<string, string?> settings) =>
        TestApp.StartAsync(app => app.MapPut("/x", () => "x"), settings: settings, ct: TestContext.Current.CancellationToken);

    private static Task<HttpResponseMessage> PreflightAsync(TestApp app, string origin)
    {
        var request = new HttpRequestMessage(HttpMethod.Options, "/x");
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "PUT");
        request.Headers.Add("Access-Control-Request-Headers", "authorization,content-type,if-match");
        return app.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
