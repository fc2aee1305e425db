using ComplianceGrid.TestKit;

namespace ComplianceGrid.Cluster.Processes;

/// <summary>Another process of the grid's Api, which is gone when the test is.</summary>
internal sealed class SecondApi : IAsyncDisposable
{
    private readonly LocalGrid _grid;

    private SecondApi(LocalGrid grid) => _grid = grid;

    public static async Task<SecondApi> StartAsync(LocalGrid grid)
    {
        await grid.UpAsync(processesOfApi: 2);
        return new(grid);
    }

    public async ValueTask DisposeAsync() => await _grid.StopAsync(LocalGrid.SecondApiService);
}

/// <summary>One for all tests of a class.</summary>
public sealed class SharedSecondApi(GridProcesses grid) : IAsyncLifetime
{
    private SecondApi? _second;

    public async ValueTask InitializeAsync() => _second = await SecondApi.StartAsync(grid);

    public async ValueTask DisposeAsync()
    {
        if (_second is not null) await _second.DisposeAsync();
    }
}
