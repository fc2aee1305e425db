using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace ComplianceGrid.TestKit;

/// <summary>A whole grid of its own (silos, api, gateway, vendor sandbox, PostgreSQL), run by <c>./grid</c> in a state folder of its own.</summary>
/// <param name="traces">The share of traces that is kept in files; null: none, and as many are made as in the product.</param>
/// <param name="patience">Seconds that an Api waits for a grain; null: as in the product.</param>
public abstract class LocalGrid(int silos, int apis = 1, int gateways = 1, string streams = "postgres", string? traces = "0.05", string? patience = "30") : IAsyncDisposable
{
    private readonly string _state = Directory.CreateTempSubdirectory("grid-test-").FullName;
    private readonly PortRange _ports = PortRange.Reserve();

    public Uri Api => Url(0);

    /// <summary>Another process of the Api, once <see cref="UpAsync"/> was told to start it.</summary>
    public Uri SecondApi => Url(1);

    public const string SecondApiService = "api-2";

    public Uri Gateway => Url(10);

    /// <summary>Another process of the gateway.</summary>
    public Uri SecondGateway => Url(11);

    /// <summary>Where silos call the gateway.</summary>
    public Uri GatewayWire => new($"https://127.0.0.1:{_ports.Base + 151}");

    public Uri Sandbox => Url(15);

    public Uri Silo(int number) => Url(20 + number);

    /// <summary>Folder with configuration, logs, keys, pids and traces.</summary>
    public string State => _state;

    public virtual ValueTask InitializeAsync() => new(UpAsync());

    /// <summary>Starts what is not running and waits until all are ready.</summary>
    public Task UpAsync(int? processesOfApi = null) => RunAsync("up", "--silos", Text(silos), "--apis", Text(processesOfApi ?? apis), "--gateways", Text(gateways), "--streams", streams);

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (Environment.GetEnvironmentVariable("GRID_KEEP") is not null) return; // for looking at what went wrong
        await RunAsync("reset", "--yes");
        _ports.Dispose();
        Directory.Delete(_state, recursive: true);
    }

    /// <summary>SIGKILL: no handler of the process runs.</summary>
    public Task KillAsync(string service) => SignalAsync(service, "KILL");

    /// <summary>SIGTERM: it ends what is under way.</summary>
    public Task StopAsync(string service) => SignalAsync(service, "TERM");

    /// <summary>Starts services that are not running, and nothing else.</summary>
    public Task StartAsync(params string[] services) => RunAsync(["start", .. services]);

    /// <summary>Immediate shutdown and start again of both clusters: PostgreSQL recovers from its log, every connection is lost.</summary>
    public async Task RestartPostgresAsync()
    {
        foreach (var cluster in new[] { "grid", "audit" }) await RunAsync("postgres", cluster, "restart");
    }

    /// <summary>The superuser's connection string to a database of this grid.</summary>
    public async Task<string> SuperuserAsync(string database) =>
        (await RunAsync("postgres", database == "grid_audit" ? "audit" : "grid")).Trim().Replace("Database=postgres", "Database=" + database, StringComparison.Ordinal);

    public string ConfigFile(string service) => Path.Combine(_state, "config", service + ".json");

    /// <summary>A value of a host's configuration, as <c>./grid up</c> wrote it.</summary>
    public string Configured(string service, string section, string key) => Configured(service, section).GetProperty(key).GetString()!;

    /// <summary>A section of a host's configuration.</summary>
    public JsonElement Configured(string service, string section)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(ConfigFile(service)));
        return json.RootElement.GetProperty(section).Clone();
    }

    /// <summary>Runs <c>./grid</c> and returns its standard output.</summary>
    public Task<string> RunAsync(params string[] arguments) => RunAsync(Path.Combine(Repository.Root, "grid"), arguments);

    /// <summary>Runs a published host's verb with that host's configuration.</summary>
    public Task<string> RunHostAsync(string service, string project, params string[] arguments) =>
        RunAsync("dotnet", [Published(project), .. arguments], service);

    /// <summary>A published host's program, or another one's of <c>tests</c>: that which <c>./grid up</c> starts.</summary>
    public static string Published(string project) =>
        Path.Combine(Repository.Root, ".grid", Environment.GetEnvironmentVariable("GRID_AHEAD") is null ? "bin" : "bin-ahead", project, $"ComplianceGrid.{project}.dll");

    /// <summary>Of the sandbox's own account, by which it signs its webhooks too.</summary>
    public string VendorKeyFile => Path.Combine(_state, "secrets", "checkr-api-key");

    /// <summary>Connects a tenant with an account at the sandbox. Repeating it gives the same connection.</summary>
    /// <param name="account">Null: the sandbox's own, which one tenant alone can have.</param>
    public async Task<string> ConnectVendorAsync(string tenant, string? account = null) =>
        (await RunHostAsync("gateway", "Gateway.Integrations", "connections", "add", "--tenant", tenant, "--vendor", "checkr",
            "--account-id", account ?? Configured("sandbox", "Checkr", "AccountId"), "--api-key-file", VendorKeyFile, "--base-url", new Uri(Sandbox, "/v1").ToString())).Trim().Split('\n')[^1];

    /// <summary>SIGSTOP: it does nothing, and knows of nothing, until it is sent on.</summary>
    public async Task FreezeAsync(string service) => await RunAsync("kill", ["-STOP", Text(ProcessOf(service))]);

    /// <summary>SIGCONT.</summary>
    public async Task SendOnAsync(string service) => await RunAsync("kill", ["-CONT", Text(ProcessOf(service))]);

    /// <summary>Until it has ended by itself; at once when it has.</summary>
    public async Task EndedAsync(string service, CancellationToken ct)
    {
        var pid = ProcessOf(service);
        await Eventually.TrueAsync(() => !Directory.Exists($"/proc/{pid}"), $"{service} has ended", ct);
    }

    /// <summary>The process id of a service that runs.</summary>
    public int ProcessOf(string service) => int.Parse(File.ReadAllText(Path.Combine(_state, "run", service + ".pid")), CultureInfo.InvariantCulture);

    private async Task SignalAsync(string service, string signal)
    {
        using var process = Process.GetProcessById(ProcessOf(service));
        await RunAsync("kill", [$"-{signal}", Text(process.Id)]);
        await process.WaitForExitAsync();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private Task<string> RunAsync(string file, string[] arguments, string? service = null)
    {
        var start = new ProcessStartInfo(file, arguments);
        start.Environment["GRID_STATE"] = _state;
        start.Environment["GRID_PORT_BASE"] = Text(_ports.Base);
        if (traces is not null) start.Environment["GRID_TRACES"] = traces;
        if (patience is not null) start.Environment["GRID_PATIENCE"] = patience;
        if (service is not null) start.Environment["GRID_CONFIG"] = ConfigFile(service);
        return Tool.RunAsync(start);
    }

    protected Uri Url(int offset) => new($"http://127.0.0.1:{_ports.Base + offset}");
}
