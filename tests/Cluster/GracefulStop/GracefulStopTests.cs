using System.Diagnostics;
using System.Net;
using System.Text.Json;
using ComplianceGrid.Cluster.Changes;
using ComplianceGrid.Cluster.Clients;
using ComplianceGrid.Cluster.Processes;
using ComplianceGrid.Cluster.Storm;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ComplianceGrid.Cluster.GracefulStop;

/// <summary>SIGTERM under load: what has begun is ended and answered, what was acknowledged is there, and the process is gone in time, by code 0.</summary>
public sealed class GracefulStopTests(GridProcesses grid, ITestOutputHelper output)
{
    private const int People = 16;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_silo_ends_its_calls_and_hands_its_grains_over()
    {
        const string tenant = "stop-silo";
        using var client = await GrainClient.ConnectAsync(grid, Ct);
        var grains = client.Services.GetRequiredService<IGrainFactory>();
        await using var silo = await OwnHost.TakeOverAsync(grid, "silo-2", grid.Silo(2), Ct);
        var port = grid.Configured("silo-2", "Orleans").GetProperty("SiloPort").GetInt32();
        var address = (await grains.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true, cancellationToken: Ct)).Keys.Single(host => host.Endpoint.Port == port);
        var people = await Crew.HireAsync(grains, tenant, People, address);
        var changer = new Changer("changer", grains, tenant);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var changing = Task.WhenAll(people.Select(person => changer.ChangeAsync(person, stop.Token)));
        try
        {
            await changer.AllSavedAsync(people, Ct);
            await AssertEndsAsync(silo);
            await changer.AllSavedAsync(people, Ct); // by the other silo
        }
        finally
        {
            await stop.CancelAsync();
            await changing;
            output.WriteLine(changer.ToString());
        }

        Assert.Equal(0, changer.Unanswered);
        await using var database = NpgsqlDataSource.Create(await grid.SuperuserAsync("grid"));
        var suspected = Assert.IsType<string>(await ReadAsync(database, "SELECT suspecttimes FROM orleans.membership WHERE port = $1 AND status = 6 ORDER BY generation DESC LIMIT 1", port));
        Assert.Matches($@"^127\.0\.0\.1:{port}@[^|]*$", suspected); // it said so itself, and nobody else had to find out
        await new GridRows(database, tenant).UntilQuietAsync(Ct);
        await using var log = NpgsqlDataSource.Create(await grid.SuperuserAsync("grid_audit"));
        await Saved.AssertKeptAsync(grains, tenant, changer.Acknowledged, log, Ct);
        await client.StopAsync(Ct);
    }

    [Fact]
    public async Task An_Api_answers_what_it_has_begun()
    {
        const string tenant = "stop-api";
        await using var second = await SecondApi.StartAsync(grid);
        using var api = await ApiClient.LogInAsync(grid, tenant, Ct, "TenantAdmin", "ComplianceManager");
        await api.PublishFirstPolicyAsync(Workforce.Policy, Ct);
        await using var host = await OwnHost.TakeOverAsync(grid, GridProcesses.SecondApiService, grid.SecondApi, Ct);
        using var http = Http(grid.SecondApi);
        http.DefaultRequestHeaders.Authorization = new("Bearer", await api.TokenAsync(Ct));

        var hired = await new StopUnderLoad(host, http, HttpStatusCode.Created, Person, (_, content) => new(HttpMethod.Post, "/api/employees") { Content = content }).RunAsync(Ct);

        await using var database = NpgsqlDataSource.Create(await grid.SuperuserAsync("grid"));
        Assert.Equal((long)hired.Count, await ReadAsync(database, "SELECT count(*) FROM grid.employee WHERE tenant_id = $1 AND employee_number = ANY ($2)", tenant, hired.ToArray()));
        output.WriteLine($"{hired.Count} hired");
    }

    [Fact]
    public async Task A_gateway_keeps_what_it_has_accepted()
    {
        const string tenant = "stop-gateway";
        var connection = await grid.ConnectVendorAsync(tenant, "acct_stop");
        await using var host = await OwnHost.TakeOverAsync(grid, "gateway", grid.Gateway, Ct);
        using var vendor = new Vendor(grid.Gateway, connection, "acct_stop", grid.Configured("sandbox", "Checkr", "ApiKey"));
        using var http = Http(grid.Gateway);

        var accepted = await new StopUnderLoad(host, http, HttpStatusCode.OK, id => vendor.Webhook(id, "account.updated", "r"), vendor.Request).RunAsync(Ct);

        await using var database = NpgsqlDataSource.Create(await grid.SuperuserAsync("grid"));
        Assert.Equal((long)accepted.Count, await ReadAsync(database, "SELECT count(*) FROM grid.webhook_inbox WHERE tenant_id = $1 AND event_id = ANY ($2)", tenant, accepted.ToArray()));
        output.WriteLine($"{accepted.Count} accepted");
    }

    private async Task AssertEndsAsync(OwnHost host)
    {
        var asked = Stopwatch.GetTimestamp();
        host.AskToStop();
        Assert.Equal(0, await host.EndsAsync(StopUnderLoad.Within, Ct));
        output.WriteLine($"ended after {Stopwatch.GetElapsedTime(asked).TotalSeconds:0.0} s");
    }

    private static HttpClient Http(Uri host) => new(new SocketsHttpHandler { Expect100ContinueTimeout = StopUnderLoad.Within }) { BaseAddress = host };

    private static string Person(string number) => JsonSerializer.Serialize(new
    {
        employeeNumber = number,
        givenName = "Given",
        familyName = "Family",
        site = "dallas",
        roles = new[] { "driver" },
        hiredOn = "2026-11-01",
        email = $"{number}@stop.example",
        dateOfBirth = "1980-05-17",
    });

    private static async Task<object?> ReadAsync(NpgsqlDataSource database, string sql, params object[] parameters)
    {
#pragma warning disable CA2100 // constants of this suite
        await using var command = database.CreateCommand(sql);
#pragma warning restore CA2100
        foreach (var parameter in parameters) command.Parameters.Add(new() { Value = parameter });
        return await command.ExecuteScalarAsync(Ct);
    }
}
