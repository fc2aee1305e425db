using System.Data.Common;
using ComplianceGrid.ServiceDefaults;
using ComplianceGrid.Storage.Audit.Checkpoints;
using ComplianceGrid.Storage.Audit.Notes;

namespace ComplianceGrid.Silo.Ledger.Delivery;

/// <summary>Leaves checkpoints with one target. Every silo does: of two that come to one checkpoint, one delivers it.</summary>
internal sealed partial class CheckpointDelivery(
    ICheckpointTarget target, TenantScope scope, CheckpointDeliveries deliveries, LedgerVerifier verifier, TimeProvider time, Jitter jitter,
    ILogger<CheckpointDelivery> log)
{
    private const int Page = 1_000;

    /// <summary>One delivery; below what the claim on it bears.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    /// <summary>How far the clocks of who signs and who delivers may be apart, and how often what is older is looked through again.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromHours(1), LookBackEvery = TimeSpan.FromDays(1);

    /// <summary>Until a target that is away, and a checkpoint that it refuses, is tried again.</summary>
    private static readonly (TimeSpan First, TimeSpan Longest)
        Away = (TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5)), Refused = (TimeSpan.FromMinutes(1), TimeSpan.FromHours(1));

    private readonly Backoff _away = new(Away.First, Away.Longest, jitter);
    private readonly Dictionary<(string, int, long), Refusal> _refused = [];
    private DateTimeOffset _since = DateTimeOffset.MinValue, _lookedBackAt = DateTimeOffset.MinValue;

    public string Target => target.Name;

    public Undelivered Undelivered { get; private set; } = new(0, null, null);

    /// <summary>Delivers what is due.</summary>
    /// <returns>Whether there is more, to be delivered at once.</returns>
    public async Task<bool> RunAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        if (now - _lookedBackAt >= LookBackEvery) (_since, _lookedBackAt) = (DateTimeOffset.MinValue, now);
        var due = await deliveries.DueAsync(target.Name, scope, _since, target.TakesAll, Page, ct);
        List<StoredCheckpoint> left = [];
        foreach (var checkpoint in due)
        {
            if (!_away.IsOver(now) || !await TryAsync(checkpoint, ct)) left.Add(checkpoint);
        }

        Forget(left);
        if (due.Count < Page) _since = (left.Count > 0 ? left.Min(checkpoint => checkpoint.CreatedAt) : now) - Overlap;
        Undelivered = new(left.Count, left.Count > 0 ? left.Min(checkpoint => checkpoint.CreatedAt) : null, _refused.Values.FirstOrDefault()?.Reason);
        return due.Count == Page && left.Count < due.Count;
    }

    private async Task<bool> TryAsync(StoredCheckpoint checkpoint, CancellationToken ct)
    {
        var key = (checkpoint.Tenant, checkpoint.Epoch, checkpoint.Size);
        if (_refused.TryGetValue(key, out var earlier) && !earlier.Pause.IsOver(time.GetUtcNow())) return false;
        try
        {
            var verified = Verified(checkpoint);
            if (!await deliveries.OnceAsync(target.Name, checkpoint, claimed => DeliverAsync(verified, claimed), ct)) return false;
            _refused.Remove(key);
            _away.Succeeded();
            return true;
        }
        catch (CheckpointRefusedException e)
        {
            var refusal = earlier ?? new(new(Refused.First, Refused.Longest, jitter));
            refusal.Pause.Failed(time.GetUtcNow());
            _refused[key] = refusal with { Reason = $"{checkpoint.Tenant}/{checkpoint.Epoch}, {checkpoint.Size} entries: {e.Message}." };
            DeliveryTelemetry.Refused.Add(1, DeliveryTelemetry.Of(target));
            LogRefused(target.Name, checkpoint.Tenant, checkpoint.Epoch, checkpoint.Size, e.Message);
            return false;
        }
        catch (Exception e) when (e is not DbException && !ct.IsCancellationRequested) // a database that is away is not the target's doing
        {
            _away.Failed(time.GetUtcNow());
            LogAway(e, target.Name);
            return false;
        }
    }

    private LogCheckpoint Verified(StoredCheckpoint stored)
    {
        try
        {
            var checkpoint = verifier.Verify(SignedNote.Parse(stored.Note));
            return (checkpoint.Tenant, checkpoint.Epoch, checkpoint.Size) == (stored.Tenant, stored.Epoch, stored.Size)
                ? checkpoint
                : throw new CheckpointRefusedException("the note in the database is of another log or size");
        }
        catch (NoteException e)
        {
            throw new CheckpointRefusedException($"the note in the database is not good ({e.Message.TrimEnd('.')})");
        }
    }

    private async Task<string> DeliverAsync(LogCheckpoint checkpoint, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(Longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        var receipt = await target.DeliverAsync(checkpoint, either.Token);
        DeliveryTelemetry.Delivered.Add(1, DeliveryTelemetry.Of(target));
        return receipt;
    }

    /// <summary>Refusals of what is not due any more.</summary>
    private void Forget(List<StoredCheckpoint> left)
    {
        if (_refused.Count == 0) return;
        var due = left.Select(checkpoint => (checkpoint.Tenant, checkpoint.Epoch, checkpoint.Size)).ToHashSet();
        foreach (var key in _refused.Keys.Where(key => !due.Contains(key)).ToArray()) _refused.Remove(key);
    }

    private sealed record Refusal(Backoff Pause)
    {
        public string? Reason { get; init; }
    }

    [LoggerMessage(340, LogLevel.Warning, "Checkpoints cannot be left with {Target} now.")]
    private partial void LogAway(Exception error, string target);

    [LoggerMessage(341, LogLevel.Critical, "{Target} does not take the checkpoint of {Size} entries of the log {Tenant}/{Epoch}: {Reason}.")]
    private partial void LogRefused(string target, string tenant, int epoch, long size, string reason);
}

/// <summary>What a target does not have.</summary>
/// <param name="OldestAt">When the oldest was signed.</param>
/// <param name="Alarm">Why one of them is not taken at all.</param>
internal sealed record Undelivered(int Count, DateTimeOffset? OldestAt, string? Alarm);
