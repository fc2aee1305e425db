using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;

namespace ComplianceGrid.ServiceDefaults.Tests.Telemetry;

[CollectionDefinition(nameof(GridTelemetryTests), DisableParallelization = true)]
[Collection(nameof(GridTelemetryTests))] // listeners are the process's: other hosts' settings would count here
public sealed class GridTelemetryTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Metrics_are_served_for_prometheus()
    {
        await using var app = await TestApp.StartAsync(web => web.MapGet("/", () => "ok"), ct: Ct);
        await app.Http.GetAsync("/", Ct);

        var metrics = await app.Http.GetStringAsync("/metrics", Ct);

        Assert.Contains("http_server_request_duration_seconds_count", metrics);
        Assert.Contains("dotnet_gc", metrics);
    }

    [Fact]
    public async Task A_trace_goes_on_across_the_wire_into_the_span_file()
    {
        var file = Path.Combine(Path.GetTempPath(), $"spans-{Environment.ProcessId}-{Stopwatch.GetTimestamp()}.jsonl");
        using var source = new ActivitySource("ComplianceGrid.Test");
        string trace;
        try
        {
            await using (var app = await TestApp.StartAsync(
                web => web.MapGet("/", () => { using var inner = source.StartActivity("inner"); return "ok"; }),
                settings: new() { ["Tracing:File"] = file, ["Tracing:SampleRatio"] = "1" }, ct: Ct))
            {
                using var outer = source.StartActivity("outer")!;
                trace = outer.TraceId.ToHexString();
                await app.Http.GetAsync("/", Ct);
            }

            var spans = (await File.ReadAllLinesAsync(file, Ct)).Select(line => JsonDocument.Parse(line).RootElement)
                .Where(span => span.GetProperty("traceId").GetString() == trace).ToList(); // a listener hears all hosts of this process
            var inner = spans.Single(span => span.GetProperty("name").GetString() == "inner");
            var server = spans.Single(span => span.GetProperty("kind").GetString() == "Server");
            var client = spans.Single(span => span.GetProperty("kind").GetString() == "Client");
            Assert.Equal(client.GetProperty("spanId").GetString(), server.GetProperty("parentSpanId").GetString());
            Assert.Equal(server.GetProperty("spanId").GetString(), inner.GetProperty("parentSpanId").GetString());
        }
        finally
        {
            File.Delete(file);
        }
    }
}
