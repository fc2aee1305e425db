using System.Collections.Immutable;
using ComplianceGrid.Storage.Sql;

namespace ComplianceGrid.Audit;

/// <summary>
/// Group commit: what queued while the last transaction ran is the next one, when the pace allows. No delay of its own when idle, large
/// batches when busy. For one thread at a time, as in a grain.
/// </summary>
/// <param name="write">Appends, and returns the tenants whose logs took nothing.</param>
internal sealed class GroupAppend(Func<IReadOnlyList<AuditEntry>, Task<ImmutableArray<string>>> write, Pace pace)
{
    /// <summary>Entries in one transaction, unless one caller brings more.</summary>
    private const int Largest = 5_000;

    private readonly Queue<Waiting> queue = [];
    private bool writing;

    /// <summary>
    /// Ends when the entries are durable, but for those of the tenants that it returns; or fails with the batch that they were in.
    /// The next batch starts anew.
    /// </summary>
    public Task<ImmutableArray<string>> AddAsync(ImmutableArray<AuditEntry> entries)
    {
        if (entries.IsEmpty) return Task.FromResult(ImmutableArray<string>.Empty);
        var waiting = new Waiting(entries);
        queue.Enqueue(waiting);
        if (!writing) WriteAllAsync().Ignore(); // ends its callers' tasks itself: nothing escapes
        return waiting.Written.Task;
    }

    private async Task WriteAllAsync()
    {
        writing = true;
        for (var isBusy = false; queue.Count > 0; isBusy = true)
        {
            await pace.BeginAsync(isBusy);
            var batch = Take();
            try
            {
                var refused = await write([.. batch.SelectMany(waiting => waiting.Entries)]);
                foreach (var waiting in batch) waiting.Written.SetResult(waiting.Refused(refused));
            }
            catch (Exception error)
            {
                foreach (var waiting in batch) waiting.Written.SetException(error);
            }
        }

        writing = false;
    }

    private List<Waiting> Take()
    {
        List<Waiting> batch = [queue.Dequeue()];
        var entries = batch[0].Entries.Length;
        while (queue.TryPeek(out var next) && entries + next.Entries.Length <= Largest)
        {
            batch.Add(queue.Dequeue());
            entries += next.Entries.Length;
        }

        return batch;
    }

    private sealed record Waiting(ImmutableArray<AuditEntry> Entries)
    {
        public TaskCompletionSource<ImmutableArray<string>> Written { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ImmutableArray<string> Refused(ImmutableArray<string> tenants) =>
            tenants.IsEmpty ? tenants : [.. tenants.Where(tenant => Entries.Any(entry => entry.TenantId == tenant))];
    }
}
