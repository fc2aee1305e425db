namespace ComplianceGrid.Storage.Sql;

/// <summary>
/// Spaces the transactions of one writer while it is busy: a transaction costs what the rows of five cost, so under load fewer and
/// larger ones leave more of the machine to the work itself. A writer at rest begins at once. For one caller at a time. Measures
/// real time, as it waits for a machine and judges nothing.
/// </summary>
/// <param name="interval">From one beginning to the next, while busy.</param>
/// <param name="always">Whether or not more has come while the last one ran.</param>
public sealed class Pace(TimeSpan interval, bool always = false)
{
    /// <summary>Of those who commit events and states: what a status may be late, against half of the commits at 200 webhooks a second.</summary>
    public static readonly TimeSpan OfCommits = TimeSpan.FromMilliseconds(20);

    /// <summary>Of reads that many share. They are short, so that few come while one runs: it is kept always.</summary>
    public static readonly TimeSpan OfReads = TimeSpan.FromMilliseconds(10);

    private long _begun = TimeProvider.System.GetTimestamp();

    /// <param name="isBusy">More has come while the last one ran.</param>
    public async ValueTask BeginAsync(bool isBusy, CancellationToken ct = default)
    {
        if ((isBusy || always) && interval - TimeProvider.System.GetElapsedTime(_begun) is var rest && rest > TimeSpan.Zero) await Task.Delay(rest, ct);
        _begun = TimeProvider.System.GetTimestamp();
    }
}
