using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ComplianceGrid.ServiceDefaults.Health;

namespace ComplianceGrid.ServiceDefaults.Tests.Health;

public sealed class GridHealthTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ready_only_while_every_condition_is_met_and_live_always()
    {
        string? missing = "the schema is behind";
        await using var app = await TestApp.StartAsync(build: builder => builder.Services
            .AddReadiness("schema", (_, _) => Task.FromResult<string?>(missing))
            .AddReadiness("other", (_, _) => Task.FromResult<string?>(null)), ct: Ct);

        Assert.Equal(HttpStatusCode.OK, (await app.Http.GetAsync("/health/live", Ct)).StatusCode);
        var response = await app.Http.GetAsync("/health/ready", Ct);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        var checks = (await response.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("checks");
        Assert.Equal("the schema is behind", checks.GetProperty("schema").GetProperty("description").GetString());
        Assert.Equal("Healthy", checks.GetProperty("other").GetProperty("status").GetString());

        missing = null;
        Assert.Equal(HttpStatusCode.OK, (await app.Http.GetAsync("/health/ready", Ct)).StatusCode);
    }

    [Fact]
    public async Task A_check_that_fails_says_its_kind_and_not_its_text()
    {
        await using var app = await TestApp.StartAsync(build: builder => builder.Services
            .AddReadiness("database", (_, _) => throw new TimeoutException("host=secret")), ct: Ct);

        var response = await app.Http.GetAsync("/health/ready", Ct);
        var text = await response.Content.ReadAsStringAsync(Ct);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("TimeoutException", text);
        Assert.DoesNotContain("secret", text);
    }
}
