using System.Net;

namespace ComplianceGrid.Api.Tests.Hosting;

/// <summary>A host whose grid cannot be reached from the start.</summary>
[Collection(ApiCollection.Name)]
public sealed class GridAwayTests(ApiFixture fixture)
{
    [Fact]
    public async Task Without_the_grid_what_needs_it_is_503_with_retry_after_and_what_does_not_is_answered()
    {
        await using var host = new ApiHost(fixture.Settings("127.0.0.1:1"), started: false);
        await host.AnswersAsync(TestContext.Current.CancellationToken);
        var token = await fixture.Api.TokenAsync("globex", ["ComplianceManager"]);
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/health/live", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await host.Client.GetAsync("/health/ready", TestContext.Current.CancellationToken)).StatusCode);
        foreach (var path in new[] { $"/api/employees/{Guid.AllBitsSet}", "/api/policies" })
        {
            var answer = await host.Client.SendAsync(token, HttpMethod.Get, path);
            await answer.RefusedAsync(HttpStatusCode.ServiceUnavailable, GridError.Unavailable);
            Assert.NotNull(answer.Headers.RetryAfter);
        }

        await host.JudgesTokensAsync(token, TestContext.Current.CancellationToken);
        // Their entries are in the spool.
        foreach (var path in new[] { "/api/employees", "/api/reports/compliance-summary" })
            Assert.Equal(HttpStatusCode.OK, (await host.Client.SendAsync(token, HttpMethod.Get, path)).StatusCode);
    }
}
