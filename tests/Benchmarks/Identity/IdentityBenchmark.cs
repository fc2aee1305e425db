using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ComplianceGrid.Benchmarks.Grid;
using ComplianceGrid.Benchmarks.Load;
using ComplianceGrid.TestKit.People;

namespace ComplianceGrid.Benchmarks.Identity;

/// <summary>What it costs to know who asks: tokens for services, the check of a token, the end of a session, and names that nobody has.</summary>
internal static class IdentityBenchmark
{
    private const string Tenant = "bench-identity";
    private const int Callers = 8, Kills = 20, Tries = 200;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(4), Measured = TimeSpan.FromSeconds(8);

    public static async Task RunAsync(GridUnderTest grid, Report report, CancellationToken ct)
    {
        await grid.RunAsync("up", "--apis", "2");
        // One address and one user ask for what many would. The silo first: the others find it when they start.
        await grid.ReconfigureAsync("silo-1", config => Set(config, "LockOut", "AddressFailures", 100_000), ct);
        foreach (var api in new[] { "api", "api-2" })
        {
            await grid.ReconfigureAsync(api, config =>
            {
                foreach (var limit in new[] { "User", "Client", "Tenant", "Address" }) Set(config, "RateLimits", limit, 10_000_000);
            }, ct);
        }

        using var http = new HttpClient();
        var employee = await EmployeeAsync(grid, ct);
        await CheckAsync(grid, report, employee, ct);
        await ServicesAsync(grid, report, http, ct);
        await KillsAsync(grid, report, http, ct);
        await NamesAsync(grid, report, http, ct);
    }

    private static void Set(JsonNode config, string section, string member, int value) => (config[section] ??= new JsonObject())[member] = value;

    private static async Task<Guid> EmployeeAsync(GridUnderTest grid, CancellationToken ct)
    {
        await using var caller = await GridCaller.ConnectAsync(grid, Tenant, ct);
        await caller.PublishPolicyAsync(null);
        return (await caller.HireAsync(1, ct))[0].Employee;
    }

    /// <summary>
    /// A token is checked wherever it is sent, so health, which needs none, tells what the check takes: the time of a request with it, less
    /// that of one without it.
    /// </summary>
    private static async Task CheckAsync(GridUnderTest grid, Report report, Guid employee, CancellationToken ct)
    {
        var token = await grid.TokenAsync(Tenant, "checked", ct);
        var with = await PerSecondAsync(HttpConnection.Get(grid.Api, "/health/live", token));
        var without = await PerSecondAsync(Encoding.ASCII.GetBytes($"GET /health/live HTTP/1.1\r\nHost: {grid.Api.Authority}\r\n\r\n"));
        var read = await PerSecondAsync(HttpConnection.Get(grid.Api, $"/api/employees/{employee:D}", token));
        var check = Math.Max(0, (1 / with) - (1 / without));
        report.Add("  check of a known token", string.Create(CultureInfo.InvariantCulture, $"{check * 1e6:0} µs of two cores"));
        report.Ratio("GET /api/employees/{id} with a token against without", read, 1 / ((1 / read) - check), 0.85);

        Task<double> PerSecondAsync(byte[] request)
        {
            var connections = Enumerable.Range(0, Callers).Select(_ => new HttpConnection(grid.Api)).ToArray();
            return LoadGenerator.ClosedAsync(Callers, WarmUp, Measured, async caller => await connections[caller].SendAsync(request, ct) == 200);
        }
    }

    /// <summary>Beside the two signatures that each token takes at least: its assertion's check, and its own making.</summary>
    private static async Task ServicesAsync(GridUnderTest grid, Report report, HttpClient http, CancellationToken ct)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var file = Path.Combine(grid.State, "bench-service.pub.pem");
        await File.WriteAllTextAsync(file, key.ExportSubjectPublicKeyInfoPem(), ct);
        await grid.RunAsync("clients", "add-service", "--id", "bench-service", "--public-key", file, "--tenants", Tenant);
        var service = new ServiceCaller(http, grid.Api, grid.Issuer, "bench-service", key);
        var perSecond = await LoadGenerator.ClosedAsync(Callers, WarmUp, Measured, async _ => (await service.TokenAsync(Tenant, ct)).Length > 0);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        ECDsa[] keys = [key, other];
        byte[] text = [1];
        var bare = await LoadGenerator.ClosedAsync(keys.Length, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3), caller =>
            Task.FromResult(keys[caller].VerifyData(text, keys[caller].SignData(text, HashAlgorithmName.SHA256), HashAlgorithmName.SHA256)));
        report.Add("client-credentials tokens (ES256, private_key_jwt)", string.Create(CultureInfo.InvariantCulture,
            $"{perSecond:N0}/s, beside {bare:N0}/s of signature and check alone: {perSecond / bare:0.00}"));
    }

    private static async Task KillsAsync(GridUnderTest grid, Report report, HttpClient http, CancellationToken ct)
    {
        var refused = new Latencies();
        using var member = await grid.MemberAsync(Tenant, "killed", ct);
        for (var n = 0; n < Kills; n++)
        {
            var token = await member.NewSessionAsync(ct);
            if (await AskAsync(grid.SecondApi, HttpMethod.Get, "/api/auth/session", token) != HttpStatusCode.OK) throw new InvalidOperationException("The session does not live.");
            await AskAsync(grid.Api, HttpMethod.Post, "/api/auth/logout", token);
            var ended = Stopwatch.GetTimestamp();
            while (await AskAsync(grid.SecondApi, HttpMethod.Get, "/api/auth/session", token) == HttpStatusCode.OK) ct.ThrowIfCancellationRequested();
            refused.Add(Stopwatch.GetElapsedTime(ended), good: true);
        }

        report.P99("ended session refused by another Api process", refused, 1000);

        async Task<HttpStatusCode> AskAsync(Uri api, HttpMethod method, string path, string token)
        {
            using var request = new HttpRequestMessage(method, new Uri(api, path)) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
            using var answer = await http.SendAsync(request, ct);
            return answer.StatusCode;
        }
    }

    /// <summary>Turn about, so that whatever else the machine does falls on all alike: twice names that are known, and once such as nobody has.</summary>
    private static async Task NamesAsync(GridUnderTest grid, Report report, HttpClient http, CancellationToken ct)
    {
        await grid.CopyAccountsAsync("killed@bench-identity.example", 2 * Tries, ct);
        Latencies[] taken = [new(), new(), new()];
        for (var n = 0; n < Tries; n++)
        {
            foreach (var (run, name) in new[] { $"copy-{n}", $"copy-{Tries + n}", $"nobody-{n}" }.Index())
            {
                var start = Stopwatch.GetTimestamp();
                using var answer = await http.PostAsJsonAsync(new Uri(grid.Api, "/api/auth/login"), new { email = $"{name}@copies.example", password = "a wrong password" }, ct);
                taken[run].Add(Stopwatch.GetElapsedTime(start), answer.StatusCode == HttpStatusCode.Unauthorized);
            }
        }

        var (known, again, unknown) = (taken[0].At(0.5), taken[1].At(0.5), taken[2].At(0.5));
        report.Add("sign-in, wrong password: medians of names known, known, unknown", string.Create(CultureInfo.InvariantCulture,
            $"{known:0.00}, {again:0.00}, {unknown:0.00} ms: unknown differs by {Math.Min(Math.Abs(unknown - known), Math.Abs(unknown - again)):0.00}, two alike by {Math.Abs(known - again):0.00}"));
    }
}
