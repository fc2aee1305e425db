using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ComplianceGrid.Cluster.Clients;
using ComplianceGrid.Cluster.Processes;
using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Cluster.Auditing.Endpoints;

/// <summary>
/// Every operation of the OpenAPI documents, called as a role that may with a body that succeeds, and again as one that may not, leaves
/// exactly the entries of <c>expectations.json</c>, field by field. They are read as superuser from the log's records.
/// </summary>
public sealed class EndpointEntriesTests(GridProcesses grid, ITestOutputHelper output)
{
    private const string NewVersion = "publishPolicy";
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private string Expectations => Path.Combine(Repository.Root, "tests", "Cluster", "Auditing", "Endpoints", "expectations.json");

    /// <summary>Set <c>GRID_UPDATE_EXPECTATIONS=1</c> to write the expectations anew.</summary>
    [Fact]
    public async Task Every_endpoint_leaves_its_entries()
    {
        var ct = TestContext.Current.CancellationToken;
        var operations = new[] { "api.json", "gateway.json" }.SelectMany(file => DocumentedOperation.Of(Path.Combine(Repository.Root, "docs", "api", file))).ToArray();
        Assert.Equal(operations.Select(operation => operation.Id).Order(), EndpointRequests.Of.Keys.Order());

        await using var database = NpgsqlDataSource.Create(await grid.SuperuserAsync("grid"));
        var tenant = await AuditedTenant.CreateAsync(grid, () => UntilQuietAsync(database, ct), ct);
        var begun = TimeProvider.System.GetUtcNow().AddTicks(-TimeSpan.TicksPerMillisecond);
        var requests = new Dictionary<string, (string? Succeeded, string? Refused)>();
        // What is new in force last, and when all else has come to rest: everything is then judged by the first version.
        foreach (var operation in operations.OrderBy(operation => operation.Id == NewVersion))
        {
            if (operation.Id == NewVersion) await UntilQuietAsync(database, ct);
            requests[operation.Id] = EndpointRequests.SwitchedOff.Contains(operation.Id)
                ? (null, await SwitchedOffAsync(operation, tenant, ct))
                : (await SucceedAsync(operation, tenant, ct), await RefusedAsync(operation, tenant, ct));
        }

        await UntilQuietAsync(database, ct);
        var entries = await LogRecords.ByRequestAsync(await grid.SuperuserAsync("grid_audit"), [.. requests.Values.SelectMany(ids => new[] { ids.Succeeded, ids.Refused }).OfType<string>()], ct);
        var form = new EntryForm(tenant.Names, begun);
        var left = new JsonObject(operations.OrderBy(operation => operation.Id, StringComparer.Ordinal).Select(operation =>
            KeyValuePair.Create(operation.Id, (JsonNode?)new JsonObject
            {
                ["succeeded"] = Forms(requests[operation.Id].Succeeded),
                ["refused"] = Forms(requests[operation.Id].Refused),
            })));
        if (Environment.GetEnvironmentVariable("GRID_UPDATE_EXPECTATIONS") == "1") await File.WriteAllTextAsync(Expectations, left.ToJsonString(Readable) + "\n", ct);

        var expected = JsonNode.Parse(await File.ReadAllTextAsync(Expectations, ct))!.AsObject();
        var wrong = operations.Where(operation => !JsonNode.DeepEquals(expected[operation.Id], left[operation.Id])).ToArray();
        foreach (var operation in wrong)
            output.WriteLine($"{operation.Id}\nexpected {expected[operation.Id]?.ToJsonString(Readable)}\nleft     {left[operation.Id]!.ToJsonString(Readable)}");
        Assert.Empty(wrong.Select(operation => operation.Id));
        Assert.Equal(expected.Select(one => one.Key), left.Select(one => one.Key));

        JsonArray? Forms(string? request) => request is null ? null : new([.. entries[request]
            .Select(record => form.Of(record, request))
            .OrderBy(record => record.ToJsonString(), StringComparer.Ordinal)]);
    }

    private async Task<string> SucceedAsync(DocumentedOperation operation, AuditedTenant tenant, CancellationToken ct)
    {
        using var http = WireClient.Of(grid, "silo"); // no other host asks for a certificate
        using var request = EndpointRequests.Of[operation.Id](tenant);
        Assert.True(operation.Is(request), $"The request of {operation.Id} is {request.Method} {request.RequestUri}.");
        using var response = await http.SendAsync(request, ct);
        Assert.True(response.IsSuccessStatusCode, $"{operation.Id}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(ct)}");
        return AuditedTenant.RequestId(request);
    }

    private async Task<string> SwitchedOffAsync(DocumentedOperation operation, AuditedTenant tenant, CancellationToken ct)
    {
        using var http = WireClient.Of(grid, "silo"); // no other host asks for a certificate
        using var request = EndpointRequests.Of[operation.Id](tenant);
        using var response = await http.SendAsync(request, ct);
        Assert.Equal((operation.Id, 403), (operation.Id, (int)response.StatusCode));
        return AuditedTenant.RequestId(request);
    }

    /// <returns>Null: everybody may.</returns>
    private async Task<string?> RefusedAsync(DocumentedOperation operation, AuditedTenant tenant, CancellationToken ct)
    {
        using var http = WireClient.Of(grid, "silo"); // no other host asks for a certificate
        using var permitted = EndpointRequests.Of[operation.Id](tenant);
        using var request = tenant.Unprivileged(permitted);
        if (request is null || EndpointRequests.ForEverybodySignedIn.Contains(operation.Id)) return null;
        using var response = await http.SendAsync(request, ct);
        Assert.Equal((operation.Id, 403), (operation.Id, (int)response.StatusCode));
        return AuditedTenant.RequestId(request);
    }

    /// <summary>Nothing of the tenant's is under way any more: it follows what its requests set going to the end.</summary>
    private async Task UntilQuietAsync(NpgsqlDataSource database, CancellationToken ct)
    {
        using var http = new HttpClient();
        await Eventually.IsAsync(async () => await OpenAsync(database, ct) + await SpoolMetrics.EntriesAsync(http, grid.Api, ct) + await SpoolMetrics.EntriesAsync(http, grid.Gateway, ct),
            open => open == 0, "nothing of the tenant's is under way", ct, TimeSpan.FromMinutes(1));
    }

    private static async Task<long> OpenAsync(NpgsqlDataSource database, CancellationToken ct)
    {
        await using var command = database.CreateCommand("""
            SELECT (SELECT count(*) FROM grid.webhook_inbox WHERE closed_at IS NULL AND tenant_id = $1)
                 + (SELECT count(*) FROM grid.event_log WHERE closed_at IS NULL AND tenant_id = $1)
                 + (SELECT count(*) FROM grid.outbox WHERE tenant_id = $1)
            """);
        command.Parameters.Add(new() { Value = AuditedTenant.Name });
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }
}
