using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using ComplianceGrid.Api.Tests.Reads;
using ComplianceGrid.Identity;
using ComplianceGrid.Limits;
using ComplianceGrid.Storage.GrainState;
using ComplianceGrid.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orleans.Configuration;

namespace ComplianceGrid.Api.Tests.Hosting;

/// <summary>The real host on a real port, before a silo in this process and the database of <see cref="ReadsFixture"/>.</summary>
public sealed class ApiFixture(ReadsFixture reads) : IAsyncLifetime
{
    private IHost? _silo;

    internal ApiHost Api { get; private set; } = null!;
    internal ReadsFixture Reads => reads;
    internal string LedgerKeyFile { get; } = Path.Combine(Path.GetTempPath(), $"ledger-{Environment.ProcessId}.pem");
    internal string MasterKeyFile { get; } = Path.Combine(Path.GetTempPath(), $"api-master-{Environment.ProcessId}.key");
    /// <summary>The silos' own: one for the database, whichever of them has sealed in it.</summary>
    internal string SiloKeyFile { get; } = Path.Combine(Path.GetTempPath(), $"silo-master-{Environment.ProcessId}.key");
    private string Spool { get; } = Directory.CreateTempSubdirectory("api-spool-").FullName;

    public async ValueTask InitializeAsync()
    {
        using (var key = ECDsa.Create(ECCurve.NamedCurves.nistP256)) await File.WriteAllTextAsync(LedgerKeyFile, key.ExportPkcs8PrivateKeyPem());
        foreach (var file in new[] { MasterKeyFile, SiloKeyFile }) await File.WriteAllTextAsync(file, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        foreach (var file in new[] { LedgerKeyFile, MasterKeyFile, SiloKeyFile })
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _silo = await StartSiloAsync("grid", silo => silo
            .AddIncomingGrainCallFilter<TenantFilter>()
            .AddGridGrains()
            .ConfigureServices(services => services.AddSingleton(new AddressLimits { Failures = 100_000 }).AddFileMasterKey(SiloKeyFile)) // all sign in from one address
            .AddGridStorage(options => options.ConnectionString = reads.Database.Grid(GridRole.Silo))
            // People sign in here as anywhere, and are counted; all else is a stand-in.
            .Configure<GrainTypeOptions>(types => types.Classes.RemoveWhere(type => type.Assembly == typeof(GrainsExtensions).Assembly && type.Namespace != typeof(IAccountGrain).Namespace && type.Namespace != typeof(IRateGrain).Namespace)));
        Api = new ApiHost(Settings());
        await Api.HasKeysAsync(CancellationToken.None);
    }

    internal string Orleans(GridRole role) => new NpgsqlConnectionStringBuilder(reads.Database.Grid(role)) { SearchPath = "orleans" }.ConnectionString;

    /// <summary>A silo in this process, found by the membership table as in production.</summary>
    internal async Task<IHost> StartSiloAsync(string cluster, Action<ISiloBuilder> configure)
    {
        var (siloPort, gatewayPort) = FreePorts.Two();
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.UseOrleans(silo =>
        {
            silo.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (cluster, "compliance-grid"))
                .ConfigureEndpoints(IPAddress.Loopback, siloPort, gatewayPort)
                .UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = ("Npgsql", Orleans(GridRole.Silo)));
            configure(silo);
        });
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    /// <param name="gateway">Where the grid is; null: where the membership table says.</param>
    internal Dictionary<string, string?> Settings(string? gateway = null, string cluster = "grid")
    {
        var settings = new Dictionary<string, string?>
        {
            ["ConnectionStrings:Grid"] = reads.Database.Grid(GridRole.Api),
            ["ConnectionStrings:Orleans"] = Orleans(GridRole.Api),
            ["ConnectionStrings:Audit"] = reads.Database.Audit(GridRole.Auditor),
            ["ConnectionStrings:Notary"] = reads.Database.Audit(GridRole.AuditNotary),
            ["Ledger:KeyFile"] = LedgerKeyFile,
            ["Orleans:ClusterId"] = cluster,
            ["MasterKey:File"] = MasterKeyFile,
            ["Passwords:Iterations"] = "1000",
            ["AuditSpool:Directory"] = Spool,
            ["AuditTrail:ProtectedSeconds"] = "10", // a machine that is slow for a moment spools nothing: tests look at once
            ["RateLimits:PatienceSeconds"] = "10", // nor does it count alone
        };
        if (gateway is not null) settings["Orleans:Gateways:0"] = gateway;
        return settings;
    }

    public async ValueTask DisposeAsync()
    {
        if (Api is not null) await Api.DisposeAsync();
        if (_silo is not null)
        {
            await _silo.StopAsync();
            _silo.Dispose();
        }

        File.Delete(LedgerKeyFile);
        File.Delete(MasterKeyFile);
        File.Delete(SiloKeyFile);
        Directory.Delete(Spool, recursive: true);
    }
}

/// <summary>All tests that share the one host, one after the other: some of them make its parts fail.</summary>
[CollectionDefinition(Name)]
public sealed class ApiCollection : ICollectionFixture<ApiFixture>
{
    public const string Name = "api";
}

internal static class Calls
{
    /// <summary>The <c>sub</c> of an access token: the user, as audit entries name them.</summary>
    public static string SubjectOf(string token) => JsonDocument.Parse(Base64Url.DecodeFromChars(token.Split('.')[1])).RootElement.GetProperty("sub").GetString()!;

    /// <summary>Entries with this action in the tenant's log, but for those of the auditor who reads it.</summary>
    /// <param name="result"><c>SUCCESS</c> or <c>FAILURE</c>; null: both.</param>
    public static async Task<int> CountAsync(this ApiHost api, string tenant, string action, string? result = null)
    {
        var auditor = await api.TokenAsync(tenant, ["Auditor"]);
        var page = await (await api.Client.SendAsync(auditor, HttpMethod.Get, $"/audit/logs?query=action:{action}{(result is null ? "" : $" result:{result}")}&limit=100")).JsonAsync();
        return page.GetProperty("items").EnumerateArray().Count(entry => entry.GetProperty("userId").GetString() != SubjectOf(auditor));
    }

    public static async Task<HttpResponseMessage> SendAsync(this HttpClient client, string token, HttpMethod method, string path,
        object? body = null, string? ifMatch = null, (string Name, string Value)? header = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null) request.Content = body as HttpContent ?? JsonContent.Create(body);
        if (ifMatch is not null) request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        if (header is var (name, value)) request.Headers.TryAddWithoutValidation(name, value);
        return await client.SendAsync(request);
    }

    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage answer) => await answer.Content.ReadFromJsonAsync<JsonElement>();

    /// <summary>The answer is this problem, complete, and tells nothing of the inside.</summary>
    public static async Task RefusedAsync(this HttpResponseMessage answer, HttpStatusCode status, GridError error)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(status == answer.StatusCode, $"{answer.StatusCode}: {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = JsonDocument.Parse(text).RootElement;
        Assert.Equal($"GRID-{(int)error}", problem.GetProperty("code").GetString());
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.GetProperty("detail").GetString()!);
        Assert.NotEmpty(problem.GetProperty("requestId").GetString()!);
        Assert.DoesNotContain("Exception", text);
    }
}
