using System.Net.Http.Json;
using System.Text.Json;

namespace ComplianceGrid.ServiceDefaults.Tests.Telemetry;

/// <summary>A request is known by its trace id, which a caller may bring along (W3C Trace Context §3.2).</summary>
public sealed class RequestIdTests
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";

    [Theory]
    [InlineData("traceparent", $"00-{Trace}-00f067aa0ba902b7-01", true)]
    [InlineData("traceparent", $"00-{Trace}-00f067aa0ba902b7-00", true)] // not sampled, but known
    [InlineData("traceparent", "00-00000000000000000000000000000000-00f067aa0ba902b7-01", false)]
    [InlineData("traceparent", "no trace at all", false)]
    [InlineData("X-Request-Id", Trace, false)]
    [InlineData("X-Correlation-Id", Trace, false)]
    public async Task The_callers_trace_id_is_the_requests_id_and_nothing_else_is(string header, string value, bool taken)
    {
        await using var app = await TestApp.StartAsync(ct: TestContext.Current.CancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/nowhere");
        request.Headers.TryAddWithoutValidation(header, value);
        using var client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null }) { BaseAddress = app.Address }; // or it sends a trace of its own
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var id = (await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("requestId").GetString();
        if (taken) Assert.Equal(Trace, id);
        else Assert.NotEqual(Trace, id);
        Assert.Matches("^[0-9a-f]{32}$", id);
        Assert.NotEqual(new string('0', 32), id);
    }
}
