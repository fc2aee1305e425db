using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ComplianceGrid.Events;
using ComplianceGrid.Gateway.Connections;
using ComplianceGrid.Integrations;
using ComplianceGrid.Storage.Events;
using ComplianceGrid.Tenancy;
using ComplianceGrid.TestKit;
using ComplianceGrid.VendorSandbox;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Npgsql;

namespace ComplianceGrid.Gateway.Tests;

/// <summary>A gateway and a sandbox on ports of their own, over a fresh database, with one connection of tenant <c>acme</c>.</summary>
internal sealed class GatewayWorld : IAsyncDisposable
{
    public const string ApiKey = "sandbox-secret-key";
    public const string ConnectionId = "conn-0123456789abcdef";
    public const string Account = "acct_acme";

    private readonly string _folder = Directory.CreateTempSubdirectory("gateway-test-").FullName;
    private readonly Dictionary<string, string?> _settings;
    private readonly CancellationToken _ct;

    private GatewayWorld(GridDatabase database, WebApplication sandbox, Dictionary<string, string?> settings, CancellationToken ct)
    {
        (Database, Sandbox, _settings, _ct) = (database, sandbox, settings, ct);
        SandboxHttp = new() { BaseAddress = new(sandbox.Urls.Single()) };
        var master = Path.Combine(_folder, "master.key");
        File.WriteAllText(master, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(master, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var service = Path.Combine(_folder, "service.pub.pem");
        File.WriteAllText(service, Silo.ExportSubjectPublicKeyInfoPem());
        settings["ConnectionStrings:Grid"] = database.Grid(GridRole.Gateway);
        settings["AuditSpool:Directory"] = Path.Combine(_folder, "spool");
        settings["MasterKey:File"] = master;
        settings["ServiceTokens:PublicKeyFile"] = service;
        settings["Logging:LogLevel:Default"] = "None";
        settings["AuditTrail:ProtectedSeconds"] = "10"; // a machine that is slow for a moment spools nothing: tests look at once
        settings.TryAdd("Inbox:PollSeconds", "0.1");
        settings.TryAdd("HttpClients:checkr:FirstDelaySeconds", "0");
        settings.TryAdd("HttpClients:checkr:RequestsPerSecond", "10000");
        Superuser = NpgsqlDataSource.Create(database.Grid(GridRole.Superuser));
    }

    public GridDatabase Database { get; }
    public WebApplication Sandbox { get; }
    public HttpClient SandboxHttp { get; }
    public ECDsa Silo { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    public WebApplication Gateway { get; private set; } = null!;
    public HttpClient Http { get; private set; } = null!;
    public NpgsqlDataSource Superuser { get; }

    public static async Task<GatewayWorld> StartAsync(
        CancellationToken ct, Dictionary<string, string?>? settings = null, Action<WebApplicationBuilder>? configure = null)
    {
        var sandbox = SandboxHost.Create([], builder =>
        {
            builder.Environment.EnvironmentName = "Development";
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Checkr:ApiKey"] = ApiKey,
                ["Checkr:AccountId"] = Account,
                ["Checkr:WebhookBaseUrl"] = "https://gateway.example",
            });
        });
        await sandbox.StartAsync(ct);
        var world = new GatewayWorld(await GridDatabase.CreateAsync(ct), sandbox, settings ?? [], ct);
        await world.AddConnectionAsync("acme", Account, ConnectionId, ApiKey);
        await world.RunAsync("DELETE FROM grid.outbox"); // the entry of that: a test asks for what it does itself
        await world.StartGatewayAsync(configure);
        return world;
    }

    public async Task StartGatewayAsync(Action<WebApplicationBuilder>? configure = null)
    {
        Gateway = GatewayHost.Create(["--environment=Development"], builder => // where a gateway may be without the grid's wire
        {
            Configure(builder);
            configure?.Invoke(builder);
        });
        await Gateway.StartAsync(_ct);
        Http = new() { BaseAddress = new(Gateway.Urls.Single()) };
        await UntilAsync(async () => (await Http.GetAsync("/health/ready", _ct)).IsSuccessStatusCode, "ready");
    }

    public async Task StopGatewayAsync()
    {
        Http.Dispose();
        await Gateway.DisposeAsync();
    }

    public async Task<string> AddConnectionAsync(string tenant, string account, string id, string apiKey, params string[] more)
    {
        var file = Path.Combine(_folder, $"{id}.{apiKey}");
        await File.WriteAllTextAsync(file, apiKey + "\n", _ct);
        var output = new StringWriter();
        var error = new StringWriter();
        var code = await ConnectionsCommand.RunAsync(
            ["add", "--tenant", tenant, "--vendor", "checkr", "--account-id", account, "--api-key-file", file,
                "--base-url", Sandbox.Urls.Single() + "/v1", "--id", id, .. more], output, error, Configure);
        return code == 0 ? output.ToString().Trim() : throw new InvalidOperationException(error.ToString());
    }

    public void Configure(WebApplicationBuilder builder)
    {
        builder.Configuration.AddInMemoryCollection(_settings);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
    }

    public static string Sign(string body, string key = ApiKey) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(body)));

    public static string Event(string id, string type = "report.completed", string objectId = "rep_1", string extra = "") =>
        $$$"""{"id":"{{{id}}}","object":"event","type":"{{{type}}}","account_id":"{{{Account}}}","data":{"object":{"id":"{{{objectId}}}","object":"{{{type.Split('.')[0]}}}"}}{{{extra}}}}""";

    public Task<HttpResponseMessage> PostAsync(string body, string? signature = null, string path = "/webhooks/checkr/" + ConnectionId) =>
        SendAsync(Http, path, new StringContent(body, Encoding.UTF8, "application/json"), signature ?? Sign(body));

    public async Task<HttpResponseMessage> SendAsync(HttpClient http, string path, HttpContent content, string? signature)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        if (signature is not null) request.Headers.TryAddWithoutValidation("X-Checkr-Signature", signature);
        return await http.SendAsync(request, _ct);
    }

    public string Token(
        string tenant = "acme", string permission = ServiceTokens.PlaceOrders, string audience = ServiceTokens.IntegrationsAudience,
        string issuer = ServiceTokens.Issuer, int lifeSeconds = 120, int issuedSecondsAgo = 0, ECDsa? key = null, string? requestId = "req-1")
    {
        var issued = TimeProvider.System.GetUtcNow().AddSeconds(-issuedSecondsAgo);
        var claims = new Dictionary<string, object> { [ServiceTokens.TenantClaim] = tenant, [ServiceTokens.PermissionClaim] = permission };
        if (requestId is not null) claims[ServiceTokens.RequestIdClaim] = requestId;
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = audience,
            IssuedAt = issued.UtcDateTime,
            Expires = issued.AddSeconds(lifeSeconds).UtcDateTime,
            Claims = claims,
            SigningCredentials = new(new ECDsaSecurityKey(key ?? Silo), SecurityAlgorithms.EcdsaSha256),
        });
    }

    public async Task<HttpResponseMessage> OrderAsync(OrderKey order, string? token = null, string email = "ada@people.example")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/integrations/checkr/orders")
        {
            Content = JsonContent.Create(new { orderKey = order.ToString(), product = "driver_pro", givenName = "Ada", familyName = "Byron", email }),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token ?? Token(order.Tenant.Value));
        return await Http.SendAsync(request, _ct);
    }

    /// <summary>Places an order and has its candidate fill in the form: the report's id.</summary>
    public async Task<(OrderKey Order, string Report)> ReportAsync(string tenant = "acme")
    {
        var order = new OrderKey(new(tenant), Guid.CreateVersion7(TimeProvider.System.GetUtcNow()));
        using var placed = await OrderAsync(order);
        placed.EnsureSuccessStatusCode();
        var invitation = (await placed.Content.ReadFromJsonAsync<JsonNode>(_ct))!["externalId"]!.GetValue<string>();
        using var completed = await SandboxHttp.PostAsync($"/sandbox/invitations/{invitation}/complete", null, _ct);
        return (order, (await completed.Content.ReadFromJsonAsync<JsonNode>(_ct))!["id"]!.GetValue<string>());
    }

    public async Task SetReportAsync(string id, string status, string? result = null, string? adjudication = null) =>
        (await SandboxHttp.PutAsJsonAsync($"/sandbox/reports/{id}", new { status, result, adjudication }, _ct)).EnsureSuccessStatusCode();

    public async Task FailAsync(int count, string mode) =>
        (await SandboxHttp.PostAsJsonAsync("/sandbox/failures", new { count, mode }, _ct)).EnsureSuccessStatusCode();

    public async Task<long> CallsAsync(string what) =>
        (await SandboxHttp.GetFromJsonAsync<JsonObject>("/sandbox/calls", _ct))!.TryGetPropertyValue(what, out var n) ? n!.GetValue<long>() : 0;

    /// <summary>Events in the log of one order, in the order of their positions.</summary>
    public async Task<List<ComplianceEvent>> EventsAsync(OrderKey order)
    {
        await using var command = Superuser.CreateCommand("SELECT body FROM grid.event_log WHERE stream_key = $1 ORDER BY queue, position");
        command.Parameters.Add(new() { Value = order.ToString() });
        await using var reader = await command.ExecuteReaderAsync(_ct);
        var events = new List<ComplianceEvent>();
        while (await reader.ReadAsync(_ct)) events.Add(CloudEventJson.Read(reader.GetFieldValue<byte[]>(0)));
        return events;
    }

    public async Task<List<JsonElement>> AuditsAsync()
    {
        await using var command = Superuser.CreateCommand("SELECT body FROM grid.outbox WHERE kind = 'audit' ORDER BY position");
        await using var reader = await command.ExecuteReaderAsync(_ct);
        var entries = new List<JsonElement>();
        while (await reader.ReadAsync(_ct)) entries.Add(JsonSerializer.Deserialize<JsonElement>(reader.GetFieldValue<byte[]>(0)));
        return entries;
    }

#pragma warning disable CA2100 // a test's own text
    public async Task<T> ReadAsync<T>(string sql)
    {
        await using var command = Superuser.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(_ct))!;
    }

    public async Task RunAsync(string sql)
    {
        await using var command = Superuser.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(_ct);
    }
#pragma warning restore CA2100

    public Task<short> StateAsync(string eventId) => ReadAsync<short>($"SELECT state FROM grid.webhook_inbox WHERE event_id = '{eventId}'");

    public Task UntilStateAsync(string eventId, short state) => UntilAsync(async () => await StateAsync(eventId) == state, $"{eventId} in state {state}");

    public Task UntilAsync(Func<Task<bool>> condition, string what) => Eventually.TrueAsync(condition, what, _ct);

    public async ValueTask DisposeAsync()
    {
        await StopGatewayAsync();
        await Sandbox.DisposeAsync();
        SandboxHttp.Dispose();
        Silo.Dispose();
        await Superuser.DisposeAsync();
        await Database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
