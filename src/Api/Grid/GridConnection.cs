namespace ComplianceGrid.Api.Grid;

/// <summary>Whether a silo can be reached, so that a call fails at once instead of after its whole time when none can.</summary>
internal sealed class GridConnection : IHostedLifecycleService, IClusterConnectionStatusObserver
{
    private volatile bool _started;
    private volatile bool _away;

    public bool IsConnected => _started && !_away;

    /// <exception cref="GridException"><see cref="GridError.Unavailable"/>.</exception>
    public void Require()
    {
        if (!IsConnected) throw new GridException(GridError.Unavailable, "The grid cannot be reached at the moment. Try again.");
    }

    // Called when every hosted service has started, the grid's client among them. A gateway's connection alone says too little: until the
    // client has read which grains there are, it knows none.
    Task IHostedLifecycleService.StartedAsync(CancellationToken cancellationToken)
    {
        _started = true;
        return Task.CompletedTask;
    }

    void IClusterConnectionStatusObserver.NotifyGatewayCountChanged(int currentNumberOfGateways, int previousNumberOfGateways, bool connectionRecovered) =>
        _away = currentNumberOfGateways == 0;

    void IClusterConnectionStatusObserver.NotifyClusterConnectionLost() => _away = true;

    Task IHostedLifecycleService.StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    Task IHostedService.StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    Task IHostedLifecycleService.StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    Task IHostedService.StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    Task IHostedLifecycleService.StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
