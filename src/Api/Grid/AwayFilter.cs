namespace ComplianceGrid.Api.Grid;

/// <summary>A grain that cannot be reached, or whose silo dies under the call, is <see cref="GridError.Unavailable"/>: try again.</summary>
internal sealed partial class AwayFilter(ILogger<AwayFilter> log) : IOutgoingGrainCallFilter
{
    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        try
        {
            await context.Invoke();
        }
        catch (Exception error) when (error is OrleansException or TimeoutException || IsOfClock(error))
        {
            LogAway(error, context.InterfaceName, context.MethodName);
            throw new GridException(GridError.Unavailable, "The grid did not answer in time. Try again.");
        }
    }

    /// <summary>Of a silo whose clock was set back: Orleans 10.4.2 activates no grain there until it has caught up. The next try may find another silo.</summary>
    private static bool IsOfClock(Exception error) =>
        error is ArgumentException && error.StackTrace?.Contains("Orleans.Runtime.ActivationCollector", StringComparison.Ordinal) is true;

    [LoggerMessage(1, LogLevel.Warning, "The grid did not answer {Interface}.{Method}.")]
    private partial void LogAway(Exception error, string @interface, string method);
}
