using ComplianceGrid.ServiceDefaults;

namespace ComplianceGrid.Silo.Ledger.Delivery;

/// <summary>When to try again: after a pause that doubles with each failure in a row, and a random quarter of it more.</summary>
internal sealed class Backoff(TimeSpan first, TimeSpan longest, Jitter jitter)
{
    private int _failures;
    private DateTimeOffset _until = DateTimeOffset.MinValue;

    public bool IsOver(DateTimeOffset now) => now >= _until;

    public void Failed(DateTimeOffset now)
    {
        var pause = first * Math.Pow(2, Math.Min(_failures++, 20));
        _until = now + (pause < longest ? pause : longest) * (1 + jitter.Next() / 4);
    }

    public void Succeeded() => (_failures, _until) = (0, DateTimeOffset.MinValue);
}
