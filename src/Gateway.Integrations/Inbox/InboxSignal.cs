namespace ComplianceGrid.Gateway.Inbox;

/// <summary>Wakes the worker when this process knows of something to claim; what others left is found by polling.</summary>
internal sealed class InboxSignal : IDisposable
{
    private readonly SemaphoreSlim _set = new(0, 1);

    public void Set()
    {
        try
        {
            if (_set.CurrentCount == 0) _set.Release();
        }
        catch (SemaphoreFullException)
        {
            // Two set it at once: it is set.
        }
    }

    public Task<bool> WaitAsync(TimeSpan longest, CancellationToken ct) => _set.WaitAsync(longest, ct);

    public void Dispose() => _set.Dispose();
}
