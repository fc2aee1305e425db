using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Npgsql;
using Polly.CircuitBreaker;

namespace ComplianceGrid.ServiceDefaults.Tests.Problems;

public sealed class GridProblemsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public sealed record Body(string Name, int Count);

    public static TheoryData<string, int, string> Thrown => new()
    {
        { "invalid", 422, "GRID-1002" },
        { "not-found", 404, "GRID-1003" },
        { "other-tenant", 403, "GRID-1009" },
        { "json", 400, "GRID-1001" },
        { "timeout", 503, "GRID-1015" },
        { "cancelled", 503, "GRID-1015" },
        { "breaker", 503, "GRID-1015" },
        { "database-away", 503, "GRID-1015" },
        { "database-shutdown", 503, "GRID-1015" },
        { "database-away-from-entity-framework", 503, "GRID-1015" },
        { "nul-in-text", 422, "GRID-1002" },
        { "constraint", 500, "GRID-1099" },
        { "silo-away", 503, "GRID-1015" },
        { "fault", 500, "GRID-1099" },
    };

    [Theory, MemberData(nameof(Thrown))]
    public async Task Every_exception_becomes_a_problem_and_none_shows_its_text(string what, int status, string code)
    {
        await using var app = await TestApp.StartAsync(web => web.MapGet("/throw/{what}", (string what) => { throw Make(what); }), ct: Ct);

        var response = await app.Http.GetAsync($"/throw/{what}", Ct);
        var text = await response.Content.ReadAsStringAsync(Ct);
        var problem = JsonDocument.Parse(text).RootElement;

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(code, problem.GetProperty("code").GetString());
        Assert.Equal("https://docs.compliance-grid.example/status-codes#" + code, problem.GetProperty("type").GetString());
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.GetProperty("title").GetString()!);
        Assert.NotEmpty(problem.GetProperty("detail").GetString()!);
        Assert.Equal(32, problem.GetProperty("requestId").GetString()!.Length);
        Assert.DoesNotContain("secret", text);
        Assert.DoesNotContain("   at ", text);
        if (status == 503) Assert.NotNull(response.Headers.RetryAfter);
    }

    public static TheoryData<string, string, int, string> Bad => new()
    {
        { "{\"name\":\"a\",\"count\":", "application/json", 400, "GRID-1001" },
        { "{\"name\":\"a\",\"count\":\"many\"}", "application/json", 400, "GRID-1001" },
        { "{\"name\":\"a\",\"count\":1e999}", "application/json", 400, "GRID-1001" },
        { "{\"name\":null,\"count\":1}", "application/json", 400, "GRID-1001" },
        { "{\"count\":1}", "application/json", 400, "GRID-1001" },
        { "{\"name\":\"a\",\"name\":\"b\",\"count\":1}", "application/json", 400, "GRID-1001" },
        { "null", "application/json", 400, "GRID-1001" },
        { "", "application/json", 400, "GRID-1001" },
        { "name=a", "application/x-www-form-urlencoded", 415, "GRID-1013" },
    };

    [Theory, MemberData(nameof(Bad))]
    public async Task Bad_input_is_the_callers_error(string body, string contentType, int status, string code)
    {
        await using var app = await TestApp.StartAsync(web => web.MapPost("/", (Body body) => body), ct: Ct);

        var response = await app.Http.PostAsync("/", new StringContent(body, Encoding.UTF8, contentType), Ct);

        await AssertProblemAsync(response, status, code);
    }

    [Fact]
    public async Task Deep_nesting_and_bad_utf8_are_refused()
    {
        await using var app = await TestApp.StartAsync(web =>
        {
            web.MapPost("/typed", (Body body) => body);
            web.MapPost("/document", (JsonDocument body) => body.RootElement[0].GetString());
        }, ct: Ct);
        var deep = new string('[', 40) + new string(']', 40);

        await AssertProblemAsync(await app.Http.PostAsync("/document", new StringContent(deep, Encoding.UTF8, "application/json"), Ct), 400, "GRID-1001");
        await AssertProblemAsync(await app.Http.PostAsync("/document", Json([.. "[\""u8, 0xC3, 0x28, .. "\"]"u8]), Ct), 400, "GRID-1001");
        await AssertProblemAsync(await app.Http.PostAsync("/typed", Json([.. "{\"name\":\""u8, 0xC3, 0x28, .. "\",\"count\":1}"u8]), Ct), 400, "GRID-1001");
    }

    [Fact]
    public async Task A_body_above_the_limit_is_413()
    {
        await using var app = await TestApp.StartAsync(
            web => web.MapPost("/", (Body body) => body), settings: new() { ["Http:MaxBodyBytes"] = "2048" }, ct: Ct);

        var response = await app.Http.PostAsJsonAsync("/", new Body(new string('a', 3000), 1), Ct);

        await AssertProblemAsync(response, 413, "GRID-1012");
    }

    [Fact]
    public async Task Bare_status_codes_get_a_body()
    {
        await using var app = await TestApp.StartAsync(web =>
        {
            web.MapGet("/only-get", () => "here");
            web.MapGet("/refuse", () => TypedResults.StatusCode(403));
        }, ct: Ct);

        await AssertProblemAsync(await app.Http.GetAsync("/nothing-here", Ct), 404, "GRID-1003");
        await AssertProblemAsync(await app.Http.PostAsync("/only-get", null, Ct), 405, "GRID-1018");
        await AssertProblemAsync(await app.Http.GetAsync("/refuse", Ct), 403, "GRID-1008");
        Assert.Equal("here", await app.Http.GetStringAsync("/only-get", Ct));
    }

    [Fact]
    public void Every_error_has_a_status_a_title_and_a_number()
    {
        foreach (var error in Enum.GetValues<GridError>())
        {
            var problem = ServiceDefaults.Problems.GridProblems.Details(new DefaultHttpContext(), error, "detail");
            Assert.InRange(problem.Status!.Value, 400, error is GridError.Fault or GridError.Unavailable or GridError.AuditNoRoom or GridError.Busy ? 503 : 499);
            Assert.False(string.IsNullOrEmpty(problem.Title));
            Assert.Equal($"GRID-{(int)error}", problem.Extensions["code"]);
        }
    }

    private static ByteArrayContent Json(byte[] bytes) => new(bytes) { Headers = { ContentType = new("application/json") } };

    private static async Task AssertProblemAsync(HttpResponseMessage response, int status, string code)
    {
        Assert.Equal((HttpStatusCode)status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.Equal(code, problem.GetProperty("code").GetString());
    }

    private static Exception Make(string what) => what switch
    {
        "invalid" => new GridException(GridError.Invalid, "The site is unknown."),
        "not-found" => new GridException(GridError.NotFound, "No such employee."),
        "other-tenant" => new GridException(GridError.OtherTenant, "Another tenant's."),
        "json" => new JsonException("secret"),
        "timeout" => new TimeoutException("secret"),
        "cancelled" => new OperationCanceledException("secret"),
        "breaker" => new BrokenCircuitException("secret"),
        "database-away" => new NpgsqlException("secret", new IOException("secret")),
        "database-shutdown" => new PostgresException("secret", "FATAL", "FATAL", PostgresErrorCodes.AdminShutdown),
        "database-away-from-entity-framework" => new InvalidOperationException("secret", new PostgresException("secret", "FATAL", "FATAL", PostgresErrorCodes.CannotConnectNow)),
        "nul-in-text" => new PostgresException("secret", "ERROR", "ERROR", PostgresErrorCodes.CharacterNotInRepertoire),
        "constraint" => new PostgresException("secret", "ERROR", "ERROR", PostgresErrorCodes.CheckViolation),
        "silo-away" => new SiloUnavailableException("secret"),
        _ => new InvalidOperationException("secret"),
    };
}
