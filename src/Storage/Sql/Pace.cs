namespace ComplianceGrid.Storage.Sql;

/// <summary>
/// Spaces the transactions of one writer while it is busy: a transaction costs what the rows of five cost, so under load fewer and
/// larger ones leave more of the machine to the work itself. A writer at rest begins at once. Writers that share one begin one after
/// the other. Measures real time, as it waits for a machine and judges nothing.
/// </summary>
/// <param name="interval">From one beginning to the next, while busy.</param>
/// <param name="always">Whether or not more has come while the last one ran.</param>
public sealed class Pace(TimeSpan interval, bool always = false)
{
    /// <summary>Of those who commit events and states: what a status may be late, against half of the commits at 200 webhooks a second.</summary>
    public static readonly TimeSpan OfCommits = TimeSpan.FromMilliseconds(20);

    /// <summary>Of reads that many share. They are short, so that few come while one runs: it is kept always.</summary>
    public static readonly TimeSpan OfReads = TimeSpan.FromMilliseconds(10);

    private readonly long _interval = (long)(interval.TotalSeconds * TimeProvider.System.TimestampFrequency);
    private long _begun = TimeProvider.System.GetTimestamp();

    /// <param name="isBusy">More has come while the last one ran.</param>
    public async ValueTask BeginAsync(bool isBusy, CancellationToken ct = default)
    {
        var now = TimeProvider.System.GetTimestamp();
        long last, begins;
        do
        {
            last = Interlocked.Read(ref _begun);
            begins = isBusy || always ? Math.Max(now, last + _interval) : now;
        }
        while (Interlocked.CompareExchange(ref _begun, begins, last) != last);

        if (TimeProvider.System.GetElapsedTime(now, begins) is var rest && rest > TimeSpan.Zero) await Task.Delay(rest, ct);
    }
}
