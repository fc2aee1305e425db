namespace ComplianceGrid.Cluster;

/// <summary>Waits for a condition, with a deadline.</summary>
internal static class Eventually
{
    public static async Task<T> IsAsync<T>(Func<Task<T>> read, Func<T, bool> condition, TimeSpan within, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(within);
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (true)
        {
            var value = await read();
            if (condition(value)) return value;
            try
            {
                await pause.WaitForNextTickAsync(patience.Token);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                throw new TimeoutException($"Not so within {within}; last seen: {value}");
            }
        }
    }
}
