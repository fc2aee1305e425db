namespace ComplianceGrid.Streams.Tests.Support;

internal static class Until
{
    /// <summary>Waits for a condition; what it waits for names the failure.</summary>
    public static async Task True(Func<bool> condition, string what, CancellationToken ct, int seconds = 30)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start).TotalSeconds < seconds, $"Not within {seconds} s: {what}");
            await Task.Delay(10, ct);
        }
    }
}
