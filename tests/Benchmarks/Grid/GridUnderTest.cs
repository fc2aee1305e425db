using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using ComplianceGrid.TestKit;
using ComplianceGrid.TestKit.People;
using Npgsql;

namespace ComplianceGrid.Benchmarks.Grid;

/// <summary>A grid of its own (silo, api, gateway, vendor sandbox, PostgreSQL) by <c>./grid</c>, in a state folder that is removed at the end.</summary>
internal sealed class GridUnderTest : IAsyncDisposable
{
    private const int PortBase = 33000;
    private readonly string _state = Directory.CreateTempSubdirectory("grid-bench-").FullName;
    private readonly HttpClient _http = new();

    public Uri Api { get; } = Url(0);

    /// <summary>Another process of the Api, once <c>./grid up</c> was told to start it.</summary>
    public Uri SecondApi { get; } = Url(1);

    public string Issuer => (string)Config("api")["Authentication"]!["Issuer"]!;

    public Uri Gateway { get; } = Url(10);

    public Uri Sandbox { get; } = Url(15);

    public Uri Silo { get; } = Url(21);

    /// <summary>Where a gateway of the benchmark's own listens.</summary>
    public Uri OwnGateway { get; } = Url(16);

    /// <summary>The superuser's connection string to the database postgres.</summary>
    public string Superuser { get; private set; } = "";

    public string VendorKeyFile => Path.Combine(_state, "secrets", "checkr-api-key");

    public static async Task<GridUnderTest> UpAsync(CancellationToken ct)
    {
        var grid = new GridUnderTest();
        try
        {
            await grid.RunAsync(Script, ["up"], null, ct);
            grid.Superuser = (await grid.RunAsync(Script, ["postgres", "grid"], null, ct)).Trim();
            return grid;
        }
        catch
        {
            await grid.DisposeAsync(); // what had started must not stay
            throw;
        }
    }

    public string SuperuserOf(string database) => Superuser.Replace("Database=postgres", "Database=" + database, StringComparison.Ordinal);

    /// <summary>The superuser's connection string to the audit database, whether it has a cluster of its own or lies in the grid's.</summary>
    public async Task<string> AuditSuperuserAsync(CancellationToken ct)
    {
        var isTogether = new NpgsqlConnectionStringBuilder(Connection("silo-1", "Audit")).Host == new NpgsqlConnectionStringBuilder(Superuser).Host;
        var superuser = isTogether ? Superuser : (await RunAsync(Script, ["postgres", "audit"], null, ct)).Trim();
        return new NpgsqlConnectionStringBuilder(superuser) { Database = "grid_audit" }.ConnectionString;
    }

    public JsonNode Config(string service) => JsonNode.Parse(File.ReadAllBytes(ConfigFile(service)))!;

    public string ConfigFile(string service) => Path.Combine(_state, "config", service + ".json");

    public string StateFile(string name) => Path.Combine(_state, name);

    public string Connection(string service, string name) => (string)Config(service)["ConnectionStrings"]![name]!;

    /// <summary>An access token of somebody new, for as long as it lives: ten minutes.</summary>
    public async Task<string> TokenAsync(string tenant, string user, CancellationToken ct)
    {
        using var member = await MemberAsync(tenant, user, ct);
        return await member.TokenAsync(ct);
    }

    /// <summary>Somebody new, <c>user@tenant.example</c>.</summary>
    public async Task<Member> MemberAsync(string tenant, string user, CancellationToken ct)
    {
        var email = $"{user}@{tenant}.example";
        var printed = await RunScriptAsync(["accounts", "add", "--email", email, "--tenant", tenant, "--roles", "TenantAdmin,ComplianceManager"], ct);
        return await Member.JoinAsync(_http, Api, email, printed, ct);
    }

    /// <summary>Gives so many accounts <c>copy-N@copies.example</c> the password and the memberships of one that there is.</summary>
    public async Task CopyAccountsAsync(string email, int copies, CancellationToken ct)
    {
        await using var database = NpgsqlDataSource.Create(SuperuserOf("grid"));
        await using var command = database.CreateCommand("""
            WITH it AS (SELECT * FROM identity.account WHERE normalized_user_name = upper($1)),
            made AS (
              INSERT INTO identity.account (id, user_name, normalized_user_name, email, normalized_email, email_confirmed, security_stamp, concurrency_stamp, created_at)
              SELECT gen_random_uuid(), name, upper(name), name, upper(name), true, security_stamp, concurrency_stamp, created_at
                FROM it, (SELECT 'copy-' || n || '@copies.example' AS name FROM generate_series(0, $2 - 1) AS n) AS names
              RETURNING id),
            passwords AS (INSERT INTO identity.password (account_id, set_at, hash) SELECT made.id, set_at, hash FROM made, identity.password, it WHERE account_id = it.id)
            INSERT INTO identity.membership (tenant_id, account_id, roles) SELECT tenant_id, made.id, roles FROM made, identity.membership, it WHERE account_id = it.id
            """);
        command.Parameters.Add(new() { Value = email });
        command.Parameters.Add(new() { Value = copies });
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Changes a host's configuration and starts it anew. <c>./grid up</c> writes it as it was.</summary>
    public async Task ReconfigureAsync(string service, Action<JsonNode> change, CancellationToken ct)
    {
        var config = Config(service);
        change(config);
        await File.WriteAllTextAsync(ConfigFile(service), config.ToJsonString(), ct);
        using var process = Process.GetProcessById(ProcessOf(service));
        await RunAsync("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)], null, ct);
        await process.WaitForExitAsync(ct);
        await RunScriptAsync(["start", service], ct);
    }

    /// <summary>The process id of a service that runs.</summary>
    public int ProcessOf(string service) => int.Parse(File.ReadAllText(StateFile(Path.Combine("run", service + ".pid"))), CultureInfo.InvariantCulture);

    public Task<string> RunScriptAsync(string[] arguments, CancellationToken ct) => RunAsync(Script, arguments, null, ct);

    /// <summary>Adds a tenant's account at the sandbox to the gateway. Repeating it gives the same connection.</summary>
    public async Task<string> ConnectionIdAsync(string tenant, CancellationToken ct)
    {
        var binary = Path.Combine(AppContext.BaseDirectory, "..", "Gateway.Integrations", "ComplianceGrid.Gateway.Integrations.dll"); // published beside this
        var output = await RunAsync("dotnet",
            [binary, "connections", "add", "--tenant", tenant, "--vendor", "checkr", "--account-id", "acct_demo",
             "--api-key-file", VendorKeyFile, "--base-url", new Uri(Sandbox, "/v1").ToString()], "gateway", ct);
        return output.Trim().Split('\n')[^1];
    }

    /// <summary>Runs a program of the benchmark's choice against this grid.</summary>
    public Task<string> RunAsync(string file, string[] arguments, string? service, CancellationToken ct) =>
        Tool.RunAsync(Start(file, arguments, service is null ? null : ConfigFile(service)), ct);

    public ProcessStartInfo Start(string file, string[] arguments, string? config)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["GRID_STATE"] = _state;
        start.Environment["GRID_PORT_BASE"] = PortBase.ToString(CultureInfo.InvariantCulture);
        if (config is null) return start;
        start.Environment["GRID_CONFIG"] = config;
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development"; // for hosts only: a build that ./grid starts must not see it
        return start;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await RunAsync(Script, ["reset", "--yes"], null, default);
        Directory.Delete(_state, recursive: true);
    }

    private static Uri Url(int offset) => new($"http://127.0.0.1:{PortBase + offset}");

    private static string Script => Environment.GetEnvironmentVariable("GRID_SCRIPT")
        ?? throw new InvalidOperationException("Start the benchmarks by ./grid bench.");
}
