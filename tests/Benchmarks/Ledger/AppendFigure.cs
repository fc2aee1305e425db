using System.Collections.Immutable;
using System.Globalization;
using ComplianceGrid.Audit;

namespace ComplianceGrid.Benchmarks.Ledger;

/// <summary>Entries appended durably a second at saturation: by one tenant, against a bare COPY of the same rows, then by many.</summary>
internal static class AppendFigure
{
    /// <summary>What a ledger shard's grain brings at once when entries queue.</summary>
    private const int PerBatch = 5_000;

    private const int Rounds = 3, BatchesPerRound = 20, WarmUp = 4;
    private const string One = "bench-append";

    private static readonly TimeProvider Clock = TimeProvider.System;

    public static async Task RunAsync(LedgerUnderTest ledger, Report report, CancellationToken ct)
    {
        var one = await OneTenantAsync(ledger, report, ct);
        foreach (var tenants in new[] { 10, 100, 1_000 })
        {
            var many = await ManyTenantsAsync(ledger, tenants, ct);
            report.Ratio(string.Create(CultureInfo.InvariantCulture, $"entries appended, {tenants:N0} tenants, of one tenant's"), many, one, 0.5);
        }
    }

    /// <summary>Writer and limit by turns, so that both have the same machine under them.</summary>
    private static async Task<double> OneTenantAsync(LedgerUnderTest ledger, Report report, CancellationToken ct)
    {
        var maker = new EntryMaker(1);
        await BareCopy.CreateTableAsync(ledger, ct);
        await WriteAsync(ledger, Batches(maker, [One], WarmUp), ct);
        await CopyAsync(ledger, 0, ct);
        TimeSpan writing = default, copying = default;
        for (var round = 0; round < Rounds; round++)
        {
            writing += await WriteAsync(ledger, Batches(maker, [One], BatchesPerRound), ct);
            copying += await CopyAsync(ledger, (WarmUp + round * BatchesPerRound) * PerBatch, ct);
        }

        const int entries = Rounds * BatchesPerRound * PerBatch;
        report.Ratio("entries appended, one tenant, of a bare COPY", entries / writing.TotalSeconds, entries / copying.TotalSeconds, 0.5);
        return entries / writing.TotalSeconds;
    }

    private static async Task<double> ManyTenantsAsync(LedgerUnderTest ledger, int tenants, CancellationToken ct)
    {
        var maker = new EntryMaker(tenants);
        string[] names = [.. Enumerable.Range(0, tenants).Select(n => string.Create(CultureInfo.InvariantCulture, $"bench-{tenants}-{n}"))];
        await WriteAsync(ledger, Batches(maker, names, 2 * WarmUp), ct); // each tenant's log and most persons' keys are there then
        var batches = Batches(maker, names, Rounds * BatchesPerRound);
        var entries = batches.Sum(batch => batch.Entries.Length);
        return entries / (await WriteAsync(ledger, batches, ct)).TotalSeconds;
    }

    /// <summary>Each of one shard, whose tenants it mixes; together they bring the tenants alike.</summary>
    private static List<Batch> Batches(EntryMaker maker, string[] tenants, int batches)
    {
        var shards = tenants.GroupBy(LedgerShards.Of).Select(shard => (Shard: shard.Key, Tenants: shard.ToArray())).ToArray();
        return [.. shards.SelectMany(shard =>
        {
            var count = Math.Max(1, (int)Math.Round((double)batches * shard.Tenants.Length / tenants.Length));
            return Enumerable.Range(0, count).Select(_ => new Batch(shard.Shard, maker.Batch(shard.Tenants, PerBatch, Clock.GetUtcNow())));
        })];
    }

    /// <summary>A shard's batches one after the other, the shards beside each other: as their grains do.</summary>
    private static async Task<TimeSpan> WriteAsync(LedgerUnderTest ledger, List<Batch> batches, CancellationToken ct)
    {
        GC.Collect(); // what was prepared is not the writer's to clean up
        var start = Clock.GetTimestamp();
        await Task.WhenAll(batches.GroupBy(batch => batch.Shard).Select(shard => Task.Run(async () =>
        {
            foreach (var batch in shard)
            {
                var outcome = await ledger.Store.AppendAsync(shard.Key, batch.Entries, ct);
                if (outcome.Written != batch.Entries.Length) throw new InvalidOperationException("Entries were not written: this measures nothing.");
            }
        }, ct)));
        return Clock.GetElapsedTime(start);
    }

    /// <summary>The same rows in the same transactions.</summary>
    private static async Task<TimeSpan> CopyAsync(LedgerUnderTest ledger, long from, CancellationToken ct)
    {
        var rows = (await BareCopy.RowsAsync(ledger, One, from, ct)).ToArray();
        GC.Collect();
        await using var connection = await ledger.Superuser.OpenConnectionAsync(ct);
        var start = Clock.GetTimestamp();
        for (var at = 0; at < rows.Length; at += PerBatch) await BareCopy.RunAsync(connection, new(rows, at, PerBatch), ct);
        return Clock.GetElapsedTime(start);
    }

    private sealed record Batch(int Shard, ImmutableArray<AuditEntry> Entries);
}
