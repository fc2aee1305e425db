using System.ComponentModel;
using ComplianceGrid.ServiceDefaults.Auditing.Spooling;
using ComplianceGrid.Storage.Audit.Search;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Api.AuditLog.Monitoring;

/// <summary>The audit log's figures for one tenant: cheap however large the log is.</summary>
internal sealed class AuditMetrics(LogFigures figures, WaitingEntries waiting, Spool spool, TimeProvider clock)
{
    public async Task<AuditMetricsAnswer> ReadAsync(TenantId tenant, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var appended = await figures.AppendedSinceAsync(tenant, [now.AddMinutes(-1), now.AddMinutes(-5), now.AddMinutes(-15)], ct);
        var size = await figures.SizeAsync(tenant, ct);
        var (count, oldest) = await waiting.CountAsync(tenant, ct);
        return new()
        {
            Entries = size.Entries,
            RecordBytes = size.RecordBytes,
            NewestAt = size.NewestAt,
            Written = new(appended[0], appended[1], appended[2]),
            Waiting = new(count, oldest is { } since ? Math.Max(0, (now - since).TotalSeconds) : 0),
            Spool = SpoolAnswer.Of(spool.Figures, now),
        };
    }
}

internal sealed record AuditMetricsAnswer
{
    [Description("Entries in your log.")]
    public required long Entries { get; init; }
    [Description("Bytes of their records. With rows and indexes the log takes two to three times as many.")]
    public required long RecordBytes { get; init; }
    public DateTimeOffset? NewestAt { get; init; }
    public required WrittenAnswer Written { get; init; }
    public required WaitingAnswer Waiting { get; init; }
    public required SpoolAnswer Spool { get; init; }
}

/// <summary>Entries that your log took lately.</summary>
internal sealed record WrittenAnswer(long LastMinute, long Last5Minutes, long Last15Minutes);

/// <summary>Changes whose entries wait in the outbox for your log: the lag.</summary>
internal sealed record WaitingAnswer([property: Description("Counted to 100,000.")] long Entries, double OldestSeconds);
