using ComplianceGrid.Cluster.Changes;
using ComplianceGrid.Cluster.Clients;
using ComplianceGrid.Cluster.Processes;
using ComplianceGrid.Cluster.Storm;
using ComplianceGrid.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Orleans.Storage;

namespace ComplianceGrid.SplitBrain;

/// <summary>
/// The link between two silos is cut while both reach PostgreSQL. Of two, one silo's vote declares the other dead; the one that is declared dead goes on
/// serving its clients until it reads so. Then both have the same people, and what keeps their states whole is the version of the stored row alone.
/// </summary>
/// <remarks>
/// That window is a matter of milliseconds or of half a minute, as the silos' probes fall. Here it is as long as it is needed: the silo that holds the people is
/// frozen until the other has declared it dead, and finds the membership table locked when it goes on.
/// </remarks>
public sealed class SplitBrainTests(SplitGrid grid, ITestOutputHelper output) : IClassFixture<SplitGrid>
{
    private const string Tenant = "split", Loser = "silo-2";
    private const int People = 6;
    private const string Conflicts = "grid_storage_conflicts_total";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_silos_that_both_have_a_person_lose_nothing_and_fork_nothing()
    {
        using var first = await GrainClient.ConnectAsync(grid, Ct, gateway: grid.GatewayOf(1));
        using var second = await GrainClient.ConnectAsync(grid, Ct, gateway: grid.GatewayOf(2));
        var loser = (await Grains(second).GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true, cancellationToken: Ct)).Keys.Single(silo => silo.Endpoint.Address.Equals(Namespaces.Address(2)));
        var people = await Crew.HireAsync(Grains(second), Tenant, People, loser);
        var (left, right) = (new Changer("left", Grains(first), Tenant), new Changer("right", Grains(second), Tenant));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var changing = Task.WhenAll(people.SelectMany(person => new[] { left.ChangeAsync(person, stop.Token), right.ChangeAsync(person, stop.Token) }));
        try
        {
            await left.AllSavedAsync(people, Ct);
            await right.AllSavedAsync(people, Ct);
            await SplitAsync(left, right, people);
        }
        finally
        {
            await stop.CancelAsync();
            await changing;
            Note(left.ToString());
            Note(right.ToString());
        }

        await using var database = NpgsqlDataSource.Create(await grid.SuperuserAsync("grid"));
        await new GridRows(database, Tenant).UntilQuietAsync(Ct);
        await using var log = NpgsqlDataSource.Create(await grid.SuperuserAsync("grid_audit"));
        await Saved.AssertKeptAsync(Grains(first), Tenant, [.. left.Acknowledged, .. right.Acknowledged], log, Ct);
        Note((await grid.RunAsync("verify")).Trim());
        await first.StopAsync(Ct);
        await second.StopAsync(Ct);
    }

    private async Task SplitAsync(Changer left, Changer right, Guid[] people)
    {
        await using var database = NpgsqlDataSource.Create(await grid.SuperuserAsync("grid"));
        await grid.Network.CutAsync();
        try
        {
            await right.AllSavedAsync(people, Ct); // whoever holds them goes on, and nobody has them twice yet
            await grid.FreezeAsync(Loser);
            Note("cut, frozen");
            try
            {
                await Eventually.TrueAsync(() => Membership.IsDeadAsync(database, Loser, Ct), $"{Loser} is declared dead", Ct); // after a minute in which it said nothing
                Note("declared dead");
                await left.AllSavedAsync(people, Ct); // the survivor has them now
                await ServeBothAsync(database, left, right, people);
            }
            finally
            {
                await grid.SendOnAsync(Loser);
            }

            await grid.EndedAsync(Loser, Ct);
            Note($"{Loser} has ended");
        }
        finally
        {
            await grid.Network.JoinAsync();
        }

        await left.AllSavedAsync(people, Ct);
    }

    /// <summary>The dead one goes on and cannot learn of its death: it has the people as they were, the other as they are.</summary>
    private async Task ServeBothAsync(NpgsqlDataSource database, Changer left, Changer right, Guid[] people)
    {
        using var http = new HttpClient();
        await using var connection = await database.OpenConnectionAsync(Ct);
        await using var membership = await connection.BeginTransactionAsync(Ct);
        await using (var locking = new NpgsqlCommand("LOCK TABLE orleans.membership IN ACCESS EXCLUSIVE MODE", connection, membership)) await locking.ExecuteNonQueryAsync(Ct);
        var before = right.Refused<InconsistentStateException>();
        await grid.SendOnAsync(Loser);
        // Whose call had its time over by then is not told, and the person is out of this silo's memory with the first refusal.
        await Eventually.IsAsync(() => HostMetrics.SumAsync(http, grid.HostOf(2), Conflicts, Ct), conflicts => conflicts >= people.Length, "each write of an old state is refused, and counted", Ct);
        await Eventually.TrueAsync(() => right.Refused<InconsistentStateException>() > before, "its caller is told so", Ct);
        await left.AllSavedAsync(people, Ct);
        Note($"both serve: {right}");
        await membership.RollbackAsync(Ct);
    }

    private static IGrainFactory Grains(IHost client) => client.Services.GetRequiredService<IGrainFactory>();

    private void Note(string what) => output.WriteLine($"{TimeProvider.System.GetUtcNow():HH:mm:ss} {what}");
}
