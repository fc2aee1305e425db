using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using ComplianceGrid.Api.Identity.ApiKeys;
using ComplianceGrid.Api.OpenApi;
using ComplianceGrid.Api.Security;
using ComplianceGrid.Api.Tests.Employees;
using ComplianceGrid.Api.Tests.Hosting;
using ComplianceGrid.TestKit;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ComplianceGrid.Api.Tests.Security;

/// <summary>Every operation against every role, as the page written by hand says: allowed, refused, and with ids of another tenant and another site.</summary>
[Collection(ApiCollection.Name)]
public sealed class RoleMatrixTests(RealGridFixture grid) : IClassFixture<RealGridFixture>
{
    private const string Tenant = "matrix", Other = "matrix-other";
    private const string Logout = "/api/auth/logout";
    private static readonly string[] Methods = ["get", "post", "put", "patch", "delete"];
    private readonly HttpClient _client = grid.Api.Client;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void The_page_has_every_endpoint_of_the_host_every_operation_of_the_document_and_every_role()
    {
        var endpoints = grid.Api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/api", StringComparison.Ordinal) || endpoint.RoutePattern.RawText.StartsWith("/audit", StringComparison.Ordinal))
            .Select(endpoint => (Open: endpoint.Metadata.GetMetadata<EndpointPermission>()!.Permission is null,
                Name: $"{endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0]} {endpoint.RoutePattern.RawText!.TrimEnd('/').Replace(":guid", "")}")).ToArray();
        Assert.Equal(endpoints.Where(endpoint => !endpoint.Open).Select(endpoint => endpoint.Name).Order(), PermissionsPage.Operations.Select(row => row.ToString()).Order());
        Assert.Equal(endpoints.Where(endpoint => endpoint.Open).Select(endpoint => endpoint.Name).Order(), PermissionsPage.Open.Order());
        Assert.Equal(RoleTable.Permissions.Keys.Order(), PermissionsPage.Roles.Order());
        Assert.All(PermissionsPage.Operations, row => Assert.Equal(PermissionsPage.Roles.Length, row.Cells.Length));
        Assert.Equal(RoleTable.All.Where(ApiKeyRules.IsGrantable).Order(), PermissionsPage.Grantable.Order());

        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Repository.Root, "docs", "api", "api.json")));
        var documented = document.RootElement.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Where(o => Methods.Contains(o.Name)).Select(o =>
                (Name: $"{o.Name.ToUpperInvariant()} {path.Name}", IsOpen: o.Value.TryGetProperty("security", out var needs) && needs.GetArrayLength() == 0))).ToArray();
        Assert.Empty(documented.Where(operation => !operation.IsOpen).Select(operation => operation.Name).Except(PermissionsPage.Operations.Select(row => row.ToString())));
        Assert.Equal(PermissionsPage.Open.Order(), documented.Where(operation => operation.IsOpen).Select(operation => operation.Name).Order());
    }

    [Fact]
    public async Task A_role_is_let_in_where_the_page_says_so_and_nowhere_else()
    {
        var mine = await WorldAsync(Tenant);
        foreach (var (role, column) in PermissionsPage.Roles.Select((role, column) => (role, column)))
        {
            var token = await grid.Api.TokenAsync(Tenant, [role], mine.Employee);
            var self = (await (await _client.SendAsync(token, HttpMethod.Get, "/api/auth/validate")).JsonAsync()).GetProperty("user").GetString()!;
            foreach (var row in PermissionsPage.Operations)
            {
                var cell = row.Cells[column];
                var one = row.Path == Logout ? await grid.Api.TokenAsync(Tenant, [role], user: "leaving") : token;
                var strange = await _client.SendAsync(one, new HttpMethod(row.Method), Named(row.Path, Guid.AllBitsSet.ToString()), row.Method is "POST" or "PUT" ? new { } : null);
                Assert.True((cell == "x") == (strange.StatusCode != HttpStatusCode.Forbidden), $"{role} {row}: {strange.StatusCode}");
                Assert.True(strange.StatusCode != HttpStatusCode.Unauthorized && (int)strange.StatusCode < 500, $"{role} {row}: {strange.StatusCode}");
                if (cell != "x") await strange.RefusedAsync(HttpStatusCode.Forbidden, GridError.Forbidden);
                if (cell != "own") continue;
                var own = row.Path.StartsWith("/api/employees", StringComparison.Ordinal) ? mine.Employee.ToString() : self;
                var answer = await _client.SendAsync(token, new HttpMethod(row.Method), Named(row.Path, own));
                Assert.Equal(row.Method == "GET" ? HttpStatusCode.OK : HttpStatusCode.NotFound, answer.StatusCode); // there is no such session to end
            }
        }
    }

    [Fact]
    public async Task An_id_of_another_tenant_or_another_site_is_as_one_that_nobody_has()
    {
        var (mine, foreign) = (await WorldAsync("matrix-sites"), await WorldAsync(Other));
        foreach (var (role, column) in PermissionsPage.Roles.Select((role, column) => (role, column)))
        {
            var token = await grid.Api.TokenAsync("matrix-sites", [role], sites: ["austin"]);
            foreach (var row in PermissionsPage.Operations)
            {
                if (IdsOf(row, foreign) is not { } there) continue;
                var unknown = await AnswerAsync(token, row, Guid.AllBitsSet);
                foreach (var id in there) Assert.Equal((role, unknown), (role, await AnswerAsync(token, row, id)));
                // The same tenant's, at a site that the member does not see; a service sees every site, and keys and sessions have none.
                if (role == "Service" || !IsOfPeople(row)) continue;
                foreach (var id in IdsOf(row, mine)!) Assert.Equal((role, unknown), (role, await AnswerAsync(token, row, id)));
                Assert.Equal(row.Cells[column] == "x", !unknown.StartsWith("403", StringComparison.Ordinal));
            }
        }

        // They were there all along, and nothing was done to them.
        foreach (var (tenant, world) in new[] { ("matrix-sites", mine), (Other, foreign) })
        {
            var manager = await grid.Api.TokenAsync(tenant, ["ComplianceManager"]);
            Assert.Equal(1, (await (await _client.SendAsync(manager, HttpMethod.Get, $"/api/employees/{world.Employee}")).JsonAsync()).GetProperty("revision").GetInt64());
            Assert.Equal(HttpStatusCode.OK, (await _client.SendAsync(manager, HttpMethod.Get, $"/api/orders/{world.Order}")).StatusCode);
            Assert.Equal(1, (await (await _client.SendAsync(manager, HttpMethod.Get, $"/api/auth/api-keys/{world.Key}")).JsonAsync()).GetProperty("revision").GetInt64());
            Assert.Equal(HttpStatusCode.OK, (await _client.SendAsync(manager, HttpMethod.Get, "/api/auth/session")).StatusCode);
            var passkey = Assert.Single((await (await _client.SendAsync(manager, HttpMethod.Get, "/api/auth/passkeys")).JsonAsync()).GetProperty("items").EnumerateArray());
            var parked = Assert.Single((await (await _client.SendAsync(await grid.Api.TokenAsync(tenant, ["TenantAdmin"]), HttpMethod.Get, "/api/parked-events")).JsonAsync()).GetProperty("items").EnumerateArray());
            Assert.Equal(world.Parked, parked.GetProperty("id").GetGuid());
            Assert.Equal((world.Passkey, false), (passkey.GetProperty("id").GetGuid(), passkey.TryGetProperty("name", out _)));
        }
    }

    [Fact]
    public async Task An_employee_reads_their_own_record_with_every_reason_and_no_other()
    {
        var (mine, other) = (await WorldAsync("matrix-own"), await WorldAsync("matrix-own-other"));
        var token = await grid.Api.TokenAsync("matrix-own", ["Employee"], employee: mine.Employee, sites: ["austin"]);
        var own = await _client.SendAsync(token, HttpMethod.Get, $"/api/employees/{mine.Employee}");
        var text = await own.Content.ReadAsStringAsync(Ct);
        Assert.Contains("49 CFR 382.301", text);
        Assert.DoesNotContain("ask the designated employer representative", text);
        await (await _client.SendAsync(token, HttpMethod.Get, $"/api/employees/{other.Employee}")).RefusedAsync(HttpStatusCode.Forbidden, GridError.Forbidden);
    }

    private sealed record World(Guid Employee, Guid Order, Guid Key, Guid Account, Guid Passkey, Guid Entry, Guid Parked);

    /// <summary>A tenant with one of each, all at the site in Dallas.</summary>
    private async Task<World> WorldAsync(string tenant)
    {
        var manager = await grid.Api.TokenAsync(tenant, ["ComplianceManager"]);
        await MadeAsync(manager, HttpMethod.Put, "/api/policies", OperationText.Of("publishPolicy").Request!, ("If-None-Match", "*"));
        var body = EmployeeApiTests.Body();
        body["dotModes"] = new[] { "fmcsa" };
        var employee = (await MadeAsync(manager, HttpMethod.Post, "/api/employees", body)).GetProperty("id").GetGuid();
        var order = (await MadeAsync(manager, HttpMethod.Post, "/api/orders", Order(employee))).GetProperty("id").GetGuid();
        var key = (await MadeAsync(manager, HttpMethod.Post, "/api/auth/api-keys", new { name = "a key", permissions = new[] { "employees:read" } })).GetProperty("id").GetGuid();
        var validated = await (await _client.SendAsync(manager, HttpMethod.Get, "/api/auth/validate")).JsonAsync();
        var auditor = await grid.Api.TokenAsync(tenant, ["Auditor"]);
        var entries = await (await _client.SendAsync(auditor, HttpMethod.Get, "/audit/logs?limit=1")).JsonAsync();
        var passkeys = await (await _client.SendAsync(manager, HttpMethod.Get, "/api/auth/passkeys")).JsonAsync();
        return new(employee, order, key, validated.GetProperty("user").GetGuid(), passkeys.GetProperty("items")[0].GetProperty("id").GetGuid(), entries.GetProperty("items")[0].GetProperty("id").GetGuid(), await grid.ParkAsync(tenant, Ct));
    }

    private async Task<JsonElement> MadeAsync(string token, HttpMethod method, string path, object body, (string, string)? header = null)
    {
        var answer = await _client.SendAsync(token, method, path, body, header: header);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync(Ct));
        return await answer.JsonAsync();
    }

    private static bool IsOfPeople(PermissionsPage.Row row) => row.Path.StartsWith("/api/employees", StringComparison.Ordinal) || row.Path.StartsWith("/api/orders", StringComparison.Ordinal) || row.Path == "/api/clearances";

    /// <returns>Null: the operation names no record.</returns>
    private static Guid[]? IdsOf(PermissionsPage.Row row, World world) => row.Path switch
    {
        "/api/clearances" or "/api/orders" when row.Method == "POST" => [world.Employee],
        _ when !row.Path.Contains("{id}", StringComparison.Ordinal) => null,
        _ when row.Path.StartsWith("/api/employees", StringComparison.Ordinal) => [world.Employee],
        _ when row.Path.StartsWith("/api/orders", StringComparison.Ordinal) => [world.Order],
        _ when row.Path.StartsWith("/api/auth/api-keys", StringComparison.Ordinal) => [world.Key],
        _ when row.Path.StartsWith("/api/auth/users", StringComparison.Ordinal) => [world.Account],
        _ when row.Path.StartsWith("/api/auth/passkeys", StringComparison.Ordinal) => [world.Passkey],
        _ when row.Path.StartsWith("/api/parked-events", StringComparison.Ordinal) => [world.Parked],
        _ when row.Path.StartsWith("/audit/logs", StringComparison.Ordinal) => [world.Entry],
        _ => throw new ArgumentOutOfRangeException(nameof(row), row.Path, "Whose ids are these?"),
    };

    private async Task<string> AnswerAsync(string token, PermissionsPage.Row row, Guid id)
    {
        var body = row.ToString() switch
        {
            "PUT /api/employees/{id}" => At("austin"),
            "POST /api/employees/{id}/waivers" => new { requirement = "handbook", requestedBy = "somebody", until = "2027-01-31" },
            "POST /api/clearances" => new { questions = new[] { new { employeeId = id, function = "work", at = "2026-11-20T08:00:00Z" } } },
            "POST /api/orders" => Order(id),
            "POST /api/auth/api-keys/{id}/rotate" => new { },
            "PUT /api/auth/passkeys/{id}" => new { name = "not theirs" },
            _ => default(object),
        };
        var path = Named(row.Path, id.ToString());
        if (row.Path.EndsWith("/clearance", StringComparison.Ordinal)) path += "?function=work&at=2026-11-20T08:00:00Z";
        if (row.ToString() == "DELETE /api/employees/{id}") path += "?lastDay=2026-11-30";
        var answer = await _client.SendAsync(token, new HttpMethod(row.Method), path, body, ifMatch: row.Method == "GET" ? null : "*");
        var text = (await answer.Content.ReadAsStringAsync(Ct)).Replace(id.ToString(), "ID", StringComparison.OrdinalIgnoreCase);
        if (!answer.IsSuccessStatusCode)
        {
            var problem = JsonNode.Parse(text)!.AsObject();
            problem.Remove("requestId");
            text = problem.ToJsonString();
        }

        return $"{(int)answer.StatusCode} {row} {text}";
    }

    private static string Named(string path, string id) => path.Replace("{id}", id).Replace("{session}", Guid.AllBitsSet.ToString()).Replace("{userId}", "nobody").Replace("{resource}", "badges");

    private static Dictionary<string, object?> At(string site)
    {
        var body = EmployeeApiTests.Body("E-changed");
        body["site"] = site;
        return body;
    }

    private static object Order(Guid employee) => new { employeeId = employee, vendor = "checkr", product = "driver_pro", item = "background-check" };
}
