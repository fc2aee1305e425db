using ComplianceGrid.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ComplianceGrid.Cluster.Processes;

/// <summary>Whoever asks a grid is answered by that grid, and by none that has taken its ports.</summary>
public sealed class PortsTests(GridProcesses grid)
{
    [Fact]
    public async Task A_process_whose_port_somebody_else_has_is_not_ready_though_that_one_says_it_is()
    {
        var ct = TestContext.Current.CancellationToken;
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseUrls(grid.SecondApi.ToString());
        await using var other = builder.Build();
        other.Run(context => context.Response.WriteAsync("healthy", ct)); // to whatever is asked
        await other.StartAsync(ct);
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => grid.UpAsync(processesOfApi: 2));
        Assert.Contains("api-2 did not become ready", failure.Message);
        await other.StopAsync(ct);

        await (await SecondApi.StartAsync(grid)).DisposeAsync();
    }

    [Fact]
    public void Two_grids_that_are_started_at_once_have_ports_of_their_own()
    {
        var folder = Directory.CreateTempSubdirectory("ports-").FullName; // no other program's
        using PortRange one = PortRange.Reserve(folder), other = PortRange.Reserve(folder);
        Assert.NotEqual(one.Base, other.Base);
        var third = PortRange.Reserve(folder);
        third.Dispose();
        using (File.Open(Path.Combine(folder, $"{third.Base}"), FileMode.Open, FileAccess.ReadWrite, FileShare.None)) { } // let go of, it can be had again
        Directory.Delete(folder, recursive: true);
    }
}
