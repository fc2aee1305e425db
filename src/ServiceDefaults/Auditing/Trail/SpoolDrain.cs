using System.Collections.Immutable;
using ComplianceGrid.Audit;
using ComplianceGrid.ServiceDefaults.Auditing.Spooling;

namespace ComplianceGrid.ServiceDefaults.Auditing.Trail;

/// <summary>Takes the spool's files to the store in their order. A repeat is harmless: the store knows an entry by its id.</summary>
internal sealed class SpoolDrain(Spool spool, IAuditSink sink, AuditTrailOptions options, TimeProvider clock, Action<bool> answered)
{
    private Progress? _progress;

    /// <summary>One file. Answers whether there was one.</summary>
    public async Task<bool> StepAsync(CancellationToken ct)
    {
        spool.Heal();
        if (spool.Take() is not { } segment) return false;
        try
        {
            if (_progress?.Segment != segment) _progress = new(segment, spool.Read(segment));
            await DeliverAsync(_progress, ct);
            // Held entries are in a file of their own before this one goes.
            if (_progress.Refused.Count > 0) await spool.HoldAsync(_progress.Refused, clock.GetUtcNow().AddSeconds(options.RefusedRetrySeconds));
            spool.Remove(segment);
            SpoolTelemetry.Drained.Add(_progress.Entries.Count - _progress.Refused.Count);
            _progress = null;
            return true;
        }
        catch
        {
            spool.GiveBack();
            throw;
        }
    }

    private async Task DeliverAsync(Progress progress, CancellationToken ct)
    {
        while (progress.Done < progress.Entries.Count)
        {
            var batch = progress.Entries.GetRange(progress.Done, Math.Min(options.BatchSize, progress.Entries.Count - progress.Done));
            try
            {
                foreach (var refused in await Task.WhenAll(batch.GroupBy(entry => sink.LaneOf(entry.TenantId)).Select(lane => SendAsync(lane, ct)))) progress.Refused.AddRange(refused);
            }
            catch
            {
                answered(false);
                throw;
            }

            answered(true);
            progress.Done += batch.Count;
        }
    }

    private async Task<IEnumerable<AuditEntry>> SendAsync(IGrouping<int, AuditEntry> lane, CancellationToken ct)
    {
        var refused = await sink.AppendAsync(lane.Key, [.. lane], ct);
        return refused.Count == 0 ? [] : lane.Where(entry => refused.Contains(entry.TenantId));
    }

    private sealed record Progress(SpoolSegment Segment, List<AuditEntry> Entries)
    {
        public List<AuditEntry> Refused { get; } = [];
        public int Done { get; set; }
    }
}
