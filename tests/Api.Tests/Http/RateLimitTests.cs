using System.Net;
using ComplianceGrid.Api.Tests.Hosting;

namespace ComplianceGrid.Api.Tests.Http;

[Collection(ApiCollection.Name)]
public sealed class RateLimitTests(ApiFixture fixture)
{
    [Fact]
    public async Task One_callers_haste_is_429_with_retry_after_and_slows_nobody_else()
    {
        var settings = fixture.Settings();
        (settings["RateLimits:PerSecond"], settings["RateLimits:Burst"]) = ("1", "5");
        await using var host = new ApiHost(settings);
        var (hasty, other) = (await fixture.Api.TokenAsync("globex", ["Supervisor"], user: "hasty"), await fixture.Api.TokenAsync("globex", ["Supervisor"], user: "other"));
        var answers = new List<HttpResponseMessage>();
        for (var n = 0; n < 12; n++) answers.Add(await host.Client.SendAsync(hasty, HttpMethod.Get, "/api/employees?limit=1"));

        Assert.Equal(HttpStatusCode.OK, answers[0].StatusCode);
        await answers[^1].RefusedAsync(HttpStatusCode.TooManyRequests, GridError.TooManyRequests);
        Assert.NotNull(answers[^1].Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.OK, (await host.Client.SendAsync(other, HttpMethod.Get, "/api/employees?limit=1")).StatusCode);
    }
}
