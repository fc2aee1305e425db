namespace ComplianceGrid.Api.Grid;

/// <summary>Tries to connect until the host stops: the grid may start after its front door.</summary>
internal sealed class ConnectionPatience(TimeProvider clock) : IClientConnectionRetryFilter
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return false;
        await Task.Delay(Pause, clock, cancellationToken);
        return true;
    }
}
