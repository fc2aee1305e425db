using System.Diagnostics;
using System.Globalization;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Cluster.Processes;

/// <summary>A host of the grid started anew as a child of this program, which alone is told by which code it ends. Disposed, it is the grid's own again.</summary>
internal sealed class OwnHost : IAsyncDisposable
{
    private readonly LocalGrid _grid;
    private readonly string _service;
    private readonly Process _process;

    private OwnHost(LocalGrid grid, string service, Process process) => (_grid, _service, _process) = (grid, service, process);

    /// <param name="url">Where it tells whether it is ready.</param>
    public static async Task<OwnHost> TakeOverAsync(LocalGrid grid, string service, Uri url, CancellationToken ct)
    {
        await grid.StopAsync(service);
        var project = service.Split('-')[0] switch { "silo" => "Silo", "api" => "Api", _ => "Gateway.Integrations" };
        var start = new ProcessStartInfo("bash", ["-c", "exec dotnet \"$0\" >>\"$1\" 2>&1", LocalGrid.Published(project), Path.Combine(grid.State, "logs", service + ".log")]);
        start.Environment["GRID_CONFIG"] = grid.ConfigFile(service);
        start.Environment["ASPNETCORE_ENVIRONMENT"] = start.Environment["DOTNET_ENVIRONMENT"] = "Development";
        var host = new OwnHost(grid, service, Process.Start(start)!);
        try
        {
            using var http = new HttpClient();
            var ready = new Uri(url, "/health/ready");
            await Eventually.TrueAsync(() => host.IsReadyAsync(http, ready, ct), $"{service} is ready", ct);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>SIGTERM, and no more.</summary>
    public void AskToStop()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <returns>The code by which it ended.</returns>
    /// <exception cref="OperationCanceledException">It had not ended after this time.</exception>
    public async Task<int> EndsAsync(TimeSpan within, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(within);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        await _grid.StartAsync(_service);
    }

    private async Task<bool> IsReadyAsync(HttpClient http, Uri ready, CancellationToken ct)
    {
        if (_process.HasExited) throw new InvalidOperationException($"{_service} ended with {_process.ExitCode} instead of getting ready.");
        try
        {
            using var answer = await http.GetAsync(ready, ct);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false; // it does not listen yet
        }
    }
}
