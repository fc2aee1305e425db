using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ComplianceGrid.ServiceDefaults.Tests.Edge;

/// <summary>The test's own address, 127.0.0.1, is the peer of each request: a proxy if it is listed, else anybody.</summary>
public sealed class ForwardedHeadersTests
{
    private const string Client = "198.51.100.7";

    [Theory]
    [InlineData(null, Client, "127.0.0.1 http")] // nobody is believed by default, this machine neither
    [InlineData("10.0.0.0/8", Client, "127.0.0.1 http")]
    [InlineData("127.0.0.1", Client, Client + " https")]
    [InlineData("127.0.0.0/8", Client, Client + " https")]
    [InlineData("127.0.0.1", "6.6.6.6, " + Client, Client + " https")] // what the client itself sent stands to the left
    [InlineData("127.0.0.1", "not an address", "127.0.0.1 http")]
    public async Task Only_a_listed_proxys_word_is_taken_and_of_it_the_right_most(string? proxy, string forwarded, string expected)
    {
        await using var app = await StartAsync(proxy is null ? [] : new() { ["Edge:Proxies:0"] = proxy });
        Assert.Equal(expected, await AskAsync(app, forwarded, "https"));
    }

    [Fact]
    public async Task Of_two_proxies_each_must_be_listed()
    {
        await using var both = await StartAsync(new() { ["Edge:Proxies:0"] = "127.0.0.1", ["Edge:Proxies:1"] = "10.0.0.2", ["Edge:Hops"] = "2" });
        Assert.Equal($"{Client} https", await AskAsync(both, $"6.6.6.6, {Client}, 10.0.0.2", "https, https, https"));
        Assert.Equal("10.0.0.3 https", await AskAsync(both, $"6.6.6.6, {Client}, 10.0.0.3", "https, https, https"));
    }

    [Theory]
    [InlineData("Edge:Proxies:0", "proxy.example")]
    [InlineData("Edge:Proxies:0", "0.0.0.0/0")]
    [InlineData("Edge:Origins:0", "*")]
    [InlineData("Edge:Origins:0", "https://app.example/")]
    [InlineData("Edge:Origins:0", "https://App.example")]
    [InlineData("Edge:Origins:0", "null")]
    [InlineData("Edge:CertificateFile", "cert.pem")]
    public async Task What_is_not_understood_keeps_the_host_from_starting(string key, string value)
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(async () => await StartAsync(new() { [key] = value }));
        Assert.Contains("Edge:", failure.ToString());
    }

    private static Task<TestApp> StartAsync(Dictionary<string, string?> settings) => TestApp.StartAsync(
        app => app.MapGet("/who", (HttpContext context) => $"{context.Connection.RemoteIpAddress} {context.Request.Scheme}"), settings: settings, environment: "Development", ct: TestContext.Current.CancellationToken);

    private static async Task<string> AskAsync(TestApp app, string forwarded, string scheme)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/who");
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", forwarded);
        request.Headers.TryAddWithoutValidation("X-Forwarded-Proto", scheme);
        return await (await app.Http.SendAsync(request, TestContext.Current.CancellationToken)).Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}
