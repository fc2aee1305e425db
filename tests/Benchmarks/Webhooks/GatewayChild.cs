using System.Diagnostics;
using System.Net;
using ComplianceGrid.Benchmarks.Grid;
using ComplianceGrid.Gateway;
using ComplianceGrid.Gateway.Webhooks;
using ComplianceGrid.Storage.Inbox;
using ComplianceGrid.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace ComplianceGrid.Benchmarks.Webhooks;

/// <summary>The gateway in a process of its own, as it is or with its commit replaced by nothing: the limit of all the rest.</summary>
internal sealed class GatewayChild : IAsyncDisposable
{
    public const string Verb = "gateway";
    public const string NoCommit = "--no-commit";

    private readonly Process _process;

    private GatewayChild(Process process) => _process = process;

    /// <summary>The child process's own way in.</summary>
    public static async Task<int> RunAsync(bool durable)
    {
        await using var app = GatewayHost.Create([], builder =>
        {
            if (!durable) builder.Services.AddSingleton<CommitBatch>((batch, _, _) => Task.FromResult<IReadOnlyList<Delivered>>(new Delivered[batch.Count]));
        });
        await app.RunAsync();
        return 0;
    }

    /// <summary>Starts it beside the grid's own gateway, on the same database, with limits above what is measured, and waits until it is ready.</summary>
    public static async Task<GatewayChild> StartAsync(GridUnderTest grid, bool durable, CancellationToken ct)
    {
        var (name, config) = (durable ? "bench-gateway" : "bench-gateway-no-commit", grid.Config("gateway"));
        config["Kestrel"]!["Endpoints"]!["Public"]!["Url"] = grid.OwnGateway.ToString();
        config["Kestrel"]!["Endpoints"]!["Wire"]!["Url"] = "https://127.0.0.1:0"; // no silo calls it
        config["Tracing"]!["File"] = Path.Combine(grid.State, $"traces/{name}.jsonl");
        config["Webhooks"] = new System.Text.Json.Nodes.JsonObject
        {
            ["ConnectionPerSecond"] = 1_000_000,
            ["ConnectionBurst"] = 1_000_000,
            ["SourcePerSecond"] = 1_000_000,
            ["SourceBurst"] = 1_000_000,
        };
        await File.WriteAllTextAsync(grid.ConfigFile(name), config.ToJsonString(), ct);

        var process = Process.Start(new ProcessStartInfo("dotnet", [LocalGrid.Published("Benchmarks"), Verb, .. durable ? [] : new[] { NoCommit }])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["GRID_CONFIG"] = grid.ConfigFile(name), ["ASPNETCORE_ENVIRONMENT"] = "Development" },
        })!;
        _ = ToFileAsync(process, Path.Combine(grid.State, $"logs/{name}.log"));
        var child = new GatewayChild(process);
        using var http = new HttpClient();
        await Eventually.TrueAsync(() => IsReadyAsync(http, grid.OwnGateway, ct), "the gateway is ready", ct, TimeSpan.FromSeconds(60));
        return child;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(); // what it has acknowledged is durable
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task ToFileAsync(Process process, string file)
    {
        await using var log = File.Create(file);
        await process.StandardOutput.BaseStream.CopyToAsync(log);
    }

    private static async Task<bool> IsReadyAsync(HttpClient http, Uri gateway, CancellationToken ct)
    {
        try
        {
            using var response = await http.GetAsync(new Uri(gateway, "/health/ready"), ct);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false; // not listening yet
        }
    }
}
