using System.Text.Json.Nodes;
using ComplianceGrid.Cluster.Changes;
using ComplianceGrid.Cluster.Clients;
using ComplianceGrid.Cluster.Processes;
using ComplianceGrid.Employees;
using ComplianceGrid.Events;
using ComplianceGrid.Tenancy;
using ComplianceGrid.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;

namespace ComplianceGrid.Cluster.Upgrade;

/// <summary>
/// During an upgrade a silo of one build reads what a silo of the next, or of the one before, has saved. There is one build here: two silos of it serve
/// people whose rows are rewritten, while they are in use, into the form of the neighbouring builds.
/// </summary>
public sealed class RollingUpgradeTests(GridProcesses grid) : IAsyncLifetime
{
    private const string Unread = "grid_storage_unread_states_total";
    private readonly string _tenant = $"upgrade-{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):N}"[..24];
    private Microsoft.Extensions.Hosting.IHost _client = null!;
    private StateRows _rows = null!;
    private Guid[] _people = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private IGrainFactory Grains => _client.Services.GetRequiredService<IGrainFactory>();

    public async ValueTask InitializeAsync()
    {
        _client = await GrainClient.ConnectAsync(grid, Ct);
        _rows = await StateRows.OfAsync(grid);
        var silos = (await Grains.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true, cancellationToken: Ct)).Keys.ToArray();
        Assert.Equal(2, silos.Length);
        _people = [.. await Crew.HireAsync(Grains, _tenant, 1, silos[0]), .. await Crew.HireAsync(Grains, _tenant, 1, silos[1], first: 1)];
        foreach (var person in _people) await TellAsync(person, "report/1", version: 1);
    }

    public async ValueTask DisposeAsync()
    {
        await _rows.DisposeAsync();
        await _client.StopAsync(CancellationToken.None);
        _client.Dispose();
    }

    [Fact]
    public async Task What_the_next_build_has_added_is_kept_by_this_one()
    {
        foreach (var person in _people)
        {
            await _rows.RewriteAsync("employee", Key(person), state =>
            {
                state["inventedLater"] = new JsonObject { ["by"] = "ann", ["in"] = new JsonArray(2027, 2028) };
                state["facts"]![0]!["certainty"] = 0.5;
            }, Ct);
            await RenameAsync(person, "Kept");
            await TellAsync(person, "report/2", version: 1); // a fact beside the one that the next build wrote

            var state = await _rows.ReadAsync("employee", Key(person), Ct);
            Assert.Equal("Kept", (string?)state["profile"]!["familyName"]);
            Assert.Equal(2, state["facts"]!.AsArray().Count);
            Assert.Equal("""{"by":"ann","in":[2027,2028]}""", state["inventedLater"]?.ToJsonString());
            Assert.Equal(0.5, (double?)state["facts"]![0]!["certainty"]);
        }
    }

    [Fact]
    public async Task What_the_build_before_did_not_have_is_filled_in()
    {
        foreach (var person in _people)
        {
            await _rows.RewriteAsync("employee", Key(person), state =>
            {
                foreach (var member in new[] { "holdsUntil", "waivers", "ordered" }) Assert.True(state.Remove(member));
            }, Ct);
            await RenameAsync(person, "Filled");

            var state = await _rows.ReadAsync("employee", Key(person), Ct);
            Assert.Equal("Filled", (string?)state["profile"]!["familyName"]);
            Assert.All(["holdsUntil", "waivers", "ordered"], member => Assert.NotNull(state[member]));
        }
    }

    [Fact]
    public async Task What_this_build_cannot_read_it_says_so_and_leaves_alone()
    {
        foreach (var person in _people)
        {
            await _rows.RewriteAsync("employee", Key(person), state => state["facts"]![0]!["is"] = "inventedLater", Ct);
            var before = await _rows.ReadAsync("employee", Key(person), Ct);
            var refusal = await Eventually.IsAsync(() => TryRenameAsync(person, "Lost"), refusal => refusal is not InconsistentStateException, "who has the row as it was has noticed", Ct);

            Assert.Contains("saved by a later version", refusal?.ToString(), StringComparison.Ordinal); // the activation's failure; by the Api it is 503
            Assert.Equal(before.ToJsonString(), (await _rows.ReadAsync("employee", Key(person), Ct)).ToJsonString());
        }

        using var http = new HttpClient();
        Assert.True(await HostMetrics.SumAsync(http, grid.Silo(1), Unread, Ct) + await HostMetrics.SumAsync(http, grid.Silo(2), Unread, Ct) >= _people.Length);
    }

    /// <summary>Who has the row as it was is refused once, and reads it anew.</summary>
    private async Task RenameAsync(Guid person, string name) =>
        Assert.Null(await Eventually.IsAsync(() => TryRenameAsync(person, name), refusal => refusal is not InconsistentStateException, "the name is changed", Ct));

    private async Task<Exception?> TryRenameAsync(Guid person, string name)
    {
        RequestContext.Set(CallContext.Tenant, _tenant);
        try
        {
            var record = await EmployeeOf(person).Get();
            await EmployeeOf(person).Update(record.Profile with { FamilyName = name }, record.Revision);
            return null;
        }
        catch (Exception refusal) when (refusal is GridException or OrleansException)
        {
            return refusal;
        }
    }

    private async Task TellAsync(Guid person, string source, long version)
    {
        RequestContext.Set(CallContext.Tenant, _tenant);
        await EmployeeOf(person).Apply(new()
        {
            Id = $"{source}#{version}",
            Source = "test",
            Type = EventTypes.OrderFact,
            Time = TimeProvider.System.GetUtcNow(),
            Namespace = StreamNamespaces.Compliance,
            Key = Key(person),
            Data = new() { SourceKey = source, SourceVersion = version, Item = "handbook", Outcome = FactOutcome.Satisfied, ObservedAt = TimeProvider.System.GetUtcNow() },
        });
    }

    private IEmployeeGrain EmployeeOf(Guid person) => Grains.GetGrain<IEmployeeGrain>(Key(person));

    private string Key(Guid person) => new EmployeeKey(new(_tenant), person).ToString();
}
