namespace ComplianceGrid.TestKit;

/// <summary>
/// Waits for what only asking can tell: rows that another process writes, a host that is about to listen. What gives a signal
/// is waited for by that signal, not by this.
/// </summary>
public static class Eventually
{
    /// <summary>No measure of how long anything may take, but the end of a test that would wait forever: on a machine that others load, all takes many times as long.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <returns>The first value that is as it should be.</returns>
    /// <exception cref="TimeoutException">None was in time; it says what was waited for, and the last value.</exception>
    public static async Task<T> IsAsync<T>(Func<Task<T>> read, Func<T, bool> isSo, string what, CancellationToken ct, TimeSpan? within = null)
    {
        var start = TimeProvider.System.GetTimestamp();
        using var pause = new PeriodicTimer(Pause);
        while (true)
        {
            var value = await read();
            if (isSo(value)) return value;
            if (TimeProvider.System.GetElapsedTime(start) > (within ?? Patience)) throw new TimeoutException($"Not within {within ?? Patience}: {what}; last: {value}");
            await pause.WaitForNextTickAsync(ct);
        }
    }

    public static Task TrueAsync(Func<Task<bool>> condition, string what, CancellationToken ct, TimeSpan? within = null) =>
        IsAsync(condition, isSo => isSo, what, ct, within);

    public static Task TrueAsync(Func<bool> condition, string what, CancellationToken ct, TimeSpan? within = null) =>
        TrueAsync(() => Task.FromResult(condition()), what, ct, within);
}
