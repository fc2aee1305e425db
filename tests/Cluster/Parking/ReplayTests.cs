using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ComplianceGrid.Cluster.Clients;
using ComplianceGrid.Cluster.Processes;
using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Cluster.Parking;

/// <summary>What was given up is seen and tried again by the tenant's administrator, once, and by no other tenant's.</summary>
public sealed class ReplayTests(GridProcesses grid)
{
    private const string Tenant = "replay";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_parked_event_is_replayed_by_the_Api()
    {
        var database = await grid.SuperuserAsync("grid");
        var person = NewId();
        Guid[] ids = [.. Enumerable.Range(0, 2).Select(_ => NewId()).Order()]; // those of one millisecond are not
        var (first, second) = (ids[0], ids[1]);
        await ParkedRow.InsertAsync(database, first, "first", Tenant, person, Ct);
        await ParkedRow.InsertAsync(database, second, "second", Tenant, person, Ct);
        using var api = await ApiClient.LogInAsync(grid, Tenant, Ct, "TenantAdmin");
        using var stranger = await ApiClient.LogInAsync(grid, "replay-other", Ct, "TenantAdmin");

        using var page = await api.ReadAsync(HttpMethod.Get, "/api/parked-events?limit=1", null, Ct);
        Assert.Equal(first, Assert.Single(page.RootElement.GetProperty("items").EnumerateArray()).GetProperty("id").GetGuid());
        using var next = await api.ReadAsync(HttpMethod.Get, $"/api/parked-events?limit=1&cursor={page.RootElement.GetProperty("next").GetString()}", null, Ct);
        Assert.Equal(second, Assert.Single(next.RootElement.GetProperty("items").EnumerateArray()).GetProperty("id").GetGuid());

        Assert.Equal((HttpStatusCode.NotFound, null), await ReplayAsync(stranger, first));
        Assert.Equal((HttpStatusCode.NotFound, null), await ReplayAsync(api, NewId()));
        Assert.Equal((HttpStatusCode.OK, true), await ReplayAsync(api, first));
        Assert.Equal((HttpStatusCode.OK, false), await ReplayAsync(api, first)); // as after an answer that was lost

        using var left = await api.ReadAsync(HttpMethod.Get, "/api/parked-events", null, Ct);
        Assert.Equal(second, Assert.Single(left.RootElement.GetProperty("items").EnumerateArray()).GetProperty("id").GetGuid());
        await using var rows = NpgsqlDataSource.Create(database);
        await Eventually.IsAsync(() => CountAsync(rows, "SELECT count(*) FROM grid.event_log WHERE tenant_id = $1 AND event_id = 'first' AND closed_at IS NOT NULL"), count => count == 1, "its grain has saved it", Ct);
        await using var log = NpgsqlDataSource.Create(await grid.SuperuserAsync("grid_audit"));
        await Eventually.IsAsync(() => CountAsync(log, $"SELECT count(*) FROM audit.audit_log WHERE tenant_id = $1 AND resource = 'events' AND resource_id = '{first}' AND action = 'UPDATE' AND result = 'SUCCESS'"), count => count == 2, "the replay is on record, and its repeat", Ct);
    }

    private static async Task<(HttpStatusCode, bool?)> ReplayAsync(ApiClient api, Guid id)
    {
        using var answer = await api.Http.PostAsync($"/api/parked-events/{id}/replay", null, Ct);
        return (answer.StatusCode, answer.IsSuccessStatusCode ? (await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("replayed").GetBoolean() : null);
    }

    private static async Task<long> CountAsync(NpgsqlDataSource from, string sql)
    {
#pragma warning disable CA2100 // constants of this suite
        await using var command = from.CreateCommand(sql);
#pragma warning restore CA2100
        command.Parameters.Add(new() { Value = Tenant });
        return (long)(await command.ExecuteScalarAsync(Ct))!;
    }

    private static Guid NewId() => Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
}
