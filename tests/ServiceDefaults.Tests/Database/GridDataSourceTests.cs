using ComplianceGrid.ServiceDefaults.Database;
using ComplianceGrid.TestKit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace ComplianceGrid.ServiceDefaults.Tests.Database;

public sealed class GridDataSourceTests
{
    [Fact]
    public void The_house_settings_give_way_to_the_connection_string()
    {
        var ours = new NpgsqlConnectionStringBuilder(GridDataSource.WithDefaults("Host=/tmp;Database=grid"));
        var theirs = new NpgsqlConnectionStringBuilder(GridDataSource.WithDefaults("Host=/tmp;Max Auto Prepare=7;Timeout=9"));

        Assert.Equal((50, 2, 5), (ours.MaxAutoPrepare, ours.AutoPrepareMinUsages, ours.Timeout));
        Assert.True(ours.NoResetOnClose);
        Assert.Contains("enable_seqscan=off", ours.Options, StringComparison.Ordinal);
        Assert.Equal((7, 2, 9), (theirs.MaxAutoPrepare, theirs.AutoPrepareMinUsages, theirs.Timeout));
    }

    [Fact]
    public async Task The_grid_database_is_ready_when_it_answers_and_unready_when_it_is_away()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var db = await GridDatabase.CreateAsync(ct);

        Assert.Equal(HealthStatus.Healthy, await StatusAsync(db.Grid(GridRole.Silo), ct));
        Assert.Equal(HealthStatus.Unhealthy, await StatusAsync("Host=/nowhere;Database=grid;Username=grid_silo", ct));
    }

    private static async Task<HealthStatus> StatusAsync(string connectionString, CancellationToken ct)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection([new("ConnectionStrings:Grid", connectionString)]).Build());
        services.AddLogging();
        services.AddGridDataSource("Grid");
        await using var provider = services.BuildServiceProvider();
        Assert.Same(provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredKeyedService<NpgsqlDataSource>("Grid"));
        return (await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync(ct)).Status;
    }
}
