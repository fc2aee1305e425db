namespace ComplianceGrid.Api.Grid;

/// <summary>Whether a silo can be reached, so that a call fails at once instead of after its whole time when none can.</summary>
internal sealed class GridConnection : IHostedLifecycleService, IClusterConnectionStatusObserver
{
    private volatile bool _connected;

    public bool IsConnected => _connected;

    /// <exception cref="GridException"><see cref="GridError.Unavailable"/>.</exception>
    public void Require()
    {
        if (!_connected) throw new GridException(GridError.Unavailable, "The grid cannot be reached at the moment. Try again.");
    }

    // Called when every hosted service has started, the grid's client among them: it starts by connecting.
    Task IHostedLifecycleService.StartedAsync(CancellationToken cancellationToken)
    {
        _connected = true;
        return Task.CompletedTask;
    }

    void IClusterConnectionStatusObserver.NotifyGatewayCountChanged(int currentNumberOfGateways, int previousNumberOfGateways, bool connectionRecovered) =>
        _connected = currentNumberOfGateways > 0;

    void IClusterConnectionStatusObserver.NotifyClusterConnectionLost() => _connected = false;

    Task IHostedLifecycleService.StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    Task IHostedService.StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    Task IHostedLifecycleService.StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    Task IHostedService.StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    Task IHostedLifecycleService.StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
