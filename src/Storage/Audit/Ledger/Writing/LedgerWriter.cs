using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ComplianceGrid.Storage.Audit.Ledger;

/// <summary>
/// A ledger shard's writer: one batch at a time. It takes no lock: whoever else appends to one of its logs breaks the key of
/// <c>audit.log_head</c>, and the loser drops what it knew, looks again and repeats (ADR 0007).
/// </summary>
internal sealed partial class LedgerWriter(
    NpgsqlDataSource source, Partitions partitions, ILogGuard guard, TimeProvider time, ILogger logger, int keptLogs = LedgerWriter.KeptLogs) : IDisposable
{
    public const int KeptLogs = 4096;

    /// <summary>Each is won by somebody, so more than a few in a row mean that something else is wrong.</summary>
    private const int Attempts = 10;

    private readonly OpenLogs _logs = new(keptLogs);
    private readonly RecordWriter _records = new();
    private readonly SemaphoreSlim _turn = new(1);

    public async Task<AppendOutcome> AppendAsync(IReadOnlyList<LedgerEntry> entries, CancellationToken ct)
    {
        var logs = entries.DistinctBy(entry => (entry.TenantId, entry.Id)).ToLookup(entry => entry.TenantId, StringComparer.Ordinal);
        await _turn.WaitAsync(ct);
        try
        {
            return await RepeatAsync(logs, ct);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<AppendOutcome> RepeatAsync(ILookup<string, LedgerEntry> entries, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await AppendOnceAsync(entries, ct);
            }
            catch (LedgerConflictException e) when (attempt < Attempts)
            {
                StorageTelemetry.LedgerConflicts.Add(1);
                LogConflict(logger, e.Message, attempt);
            }
            catch (LedgerOutcomeUnknownException e) when (attempt == 1)
            {
                LogOutcomeUnknown(logger, e.InnerException!); // once more at once: the ids tell whether it stands
            }
        }
    }

    private async Task<AppendOutcome> AppendOnceAsync(ILookup<string, LedgerEntry> entries, CancellationToken ct)
    {
        using var activity = StorageTelemetry.Activities.StartActivity("grid.ledger.append", ActivityKind.Client);
        var started = time.GetTimestamp();
        try
        {
            var commit = await new LedgerTransaction(source, partitions, _logs, guard, _records).RunAsync(entries, LedgerEntry.Micros(time.GetUtcNow()), ct);
            foreach (var log in commit.Refused) LogRefused(logger, log.Tenant, log.Reason);
            var written = commit.Logs.Sum(log => log.Rows.Length);
            activity?.SetTag("grid.ledger.entries", written);
            StorageTelemetry.LedgerEntries.Add(written);
            StorageTelemetry.LedgerAppendDuration.Record(time.GetElapsedTime(started).TotalSeconds);
            return new(written, [.. commit.Refused.Select(log => log.Tenant)]);
        }
        catch (Exception e)
        {
            activity?.SetStatus(ActivityStatusCode.Error, e.GetType().Name);
            _logs.Drop(entries.Select(log => log.Key)); // whatever it was: what is read anew is true
            throw;
        }
    }

    [LoggerMessage(4010, LogLevel.Warning, "A batch of audit entries is tried again, attempt {Attempt}: {Reason}")]
    private static partial void LogConflict(ILogger logger, string reason, int attempt);

    [LoggerMessage(4011, LogLevel.Error, "A commit of audit entries was not answered")]
    private static partial void LogOutcomeUnknown(ILogger logger, Exception exception);

    [LoggerMessage(4012, LogLevel.Critical, "The log of tenant {Tenant} refuses to be appended to: {Reason}")]
    private static partial void LogRefused(ILogger logger, string tenant, string reason);
}
