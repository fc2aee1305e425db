using System.Net;
using ComplianceGrid.Cluster.Clients;
using ComplianceGrid.Cluster.Processes;
using ComplianceGrid.Employees;
using ComplianceGrid.Tenancy;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ComplianceGrid.Cluster.Isolation;

/// <summary>A tenant's token never sees or changes another tenant's row: by API, by grain call, by SQL as <c>grid_api</c>.</summary>
public sealed class TenantIsolationTests(GridProcesses grid)
{
    private static readonly string[] Projections = ["employee", "employee_count", "policy", "vendor_order"];

    [Fact]
    public async Task By_api_the_other_tenants_record_does_not_exist()
    {
        var ct = TestContext.Current.CancellationToken;
        var (id, _) = await TwoTenantsAsync(ct);
        using var other = await ApiClient.LogInAsync(grid, "isolation-b", ct, "TenantAdmin", "ComplianceManager", "Adjudicator");
        foreach (var (method, path) in new[]
        {
            (HttpMethod.Get, $"/api/employees/{id}"), (HttpMethod.Delete, $"/api/employees/{id}"),
        })
        {
            using var request = new HttpRequestMessage(method, path);
            request.Headers.TryAddWithoutValidation("If-Match", "*");
            using var response = await other.Http.SendAsync(request, ct);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }

        using var clearance = await other.ReadAsync(HttpMethod.Get, $"/api/employees/{id}/clearance?function=work", null, ct);
        Assert.False(clearance.RootElement.GetProperty("allowed").GetBoolean());
        using var list = await other.ReadAsync(HttpMethod.Get, "/api/employees", null, ct);
        Assert.DoesNotContain(list.RootElement.GetProperty("items").EnumerateArray(), item => item.GetProperty("id").GetGuid() == id);
    }

    [Fact]
    public async Task By_grain_call_another_tenant_or_none_is_refused()
    {
        var ct = TestContext.Current.CancellationToken;
        var (id, _) = await TwoTenantsAsync(ct);
        using var host = await GrainClient.ConnectAsync(grid, ct);
        var employee = host.Services.GetRequiredService<IClusterClient>().GetGrain<IEmployeeGrain>(new EmployeeKey(new("isolation-a"), id).ToString());

        RequestContext.Set(CallContext.Tenant, "isolation-a");
        Assert.Equal(id, (await employee.Get()).Key.Employee);
        RequestContext.Set(CallContext.Tenant, "isolation-b");
        Assert.Equal(GridError.OtherTenant, (await Assert.ThrowsAsync<GridException>(employee.Get)).Error);
        RequestContext.Clear();
        Assert.Equal(GridError.OtherTenant, (await Assert.ThrowsAsync<GridException>(employee.Get)).Error);
    }

    [Fact]
    public async Task By_sql_as_grid_api_no_setting_means_no_row_and_a_tenant_means_its_own()
    {
        var ct = TestContext.Current.CancellationToken;
        await TwoTenantsAsync(ct);
        await using var database = NpgsqlDataSource.Create(grid.Configured("api", "ConnectionStrings", "Grid"));
        foreach (var table in Projections)
        {
            Assert.Equal([], await TenantsAsync(database, null, $"SELECT DISTINCT tenant_id FROM grid.{table}", ct));
            Assert.Equal(["isolation-a"], await TenantsAsync(database, "isolation-a", $"SELECT DISTINCT tenant_id FROM grid.{table}", ct));
            Assert.Equal([], await TenantsAsync(database, "isolation-a", $"SELECT tenant_id FROM grid.{table} WHERE tenant_id = 'isolation-b'", ct));
            Assert.Equal([], await TenantsAsync(database, "isolation-b' OR true --", $"SELECT tenant_id FROM grid.{table}", ct));
            await AssertRefusedAsync(database, $"DELETE FROM grid.{table}", ct);
            await AssertRefusedAsync(database, $"INSERT INTO grid.{table} SELECT * FROM grid.{table}", ct);
            Assert.Empty(await CopyAsync(database, null, table, ct));
            Assert.DoesNotContain("isolation-b", await CopyAsync(database, "isolation-a", table, ct), StringComparison.Ordinal);
        }

        foreach (var hidden in new[] { "grain_state", "tenant_key", "event_log", "outbox", "webhook_inbox", "vendor_connection", "vendor_reference" })
            await AssertRefusedAsync(database, $"SELECT * FROM grid.{hidden}", ct);
        // No function may run with its owner's rights for this role.
        Assert.Equal([], await TenantsAsync(database, "isolation-a",
            "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'grid' AND p.prosecdef AND has_function_privilege(p.oid, 'EXECUTE')", ct));
    }

    private async Task<(Guid Mine, Guid Other)> TwoTenantsAsync(CancellationToken ct) =>
        (await EmployeeOfAsync("isolation-a", ct), await EmployeeOfAsync("isolation-b", ct));

    private async Task<Guid> EmployeeOfAsync(string tenant, CancellationToken ct)
    {
        using var api = await ApiClient.LogInAsync(grid, tenant, ct, "TenantAdmin", "ComplianceManager");
        using var policy = await api.Http.GetAsync("/api/policies", ct);
        if (policy.StatusCode == HttpStatusCode.NotFound) await api.PublishFirstPolicyAsync(Workforce.Policy, ct);
        using var found = await api.ReadAsync(HttpMethod.Get, "/api/employees", null, ct);
        var items = found.RootElement.GetProperty("items");
        if (items.GetArrayLength() == 0) return (await Workforce.HireAsync(api, 1, ct)).Values.Single();

        // The same employee number in both tenants: a unique key must not tell one of the other.
        return items[0].GetProperty("id").GetGuid();
    }

#pragma warning disable CA2100 // constants of this class
    private static async Task<IReadOnlyList<string>> TenantsAsync(NpgsqlDataSource database, string? tenant, string sql, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await SetTenantAsync(connection, tenant, ct);
        await using var command = new NpgsqlCommand(sql, connection);
        var found = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) found.Add(reader.GetString(0));
        return found;
    }

    private static async Task<string> CopyAsync(NpgsqlDataSource database, string? tenant, string table, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await SetTenantAsync(connection, tenant, ct);
        using var copy = await connection.BeginTextExportAsync($"COPY (SELECT * FROM grid.{table}) TO STDOUT", ct);
        return await copy.ReadToEndAsync(ct);
    }

    private static async Task SetTenantAsync(NpgsqlConnection connection, string? tenant, CancellationToken ct)
    {
        if (tenant is null) return;
        await using var set = new NpgsqlCommand("SELECT set_config('app.tenant_id', $1, true)", connection) { Parameters = { new() { Value = tenant } } };
        await set.ExecuteNonQueryAsync(ct);
    }

    private static async Task AssertRefusedAsync(NpgsqlDataSource database, string sql, CancellationToken ct)
    {
        await using var command = database.CreateCommand(sql);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(ct));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }
#pragma warning restore CA2100
}
