namespace ComplianceGrid.ServiceDefaults.Loops;

/// <summary>Wakes a loop when this process knows of work for it; what others left, the loop finds by looking now and then.</summary>
public sealed class LoopSignal : IDisposable
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

    /// <summary>Until it is set, and unsets it. False: it was not set in that time.</summary>
    public Task<bool> WaitAsync(TimeSpan longest, CancellationToken ct) => _set.WaitAsync(longest, ct);

    public void Dispose() => _set.Dispose();
}
