using System.Collections.Immutable;
using ComplianceGrid.Storage.Audit;
using Orleans.Concurrency;

namespace ComplianceGrid.Audit;

/// <summary>
/// The one writer of a ledger shard. What queued while the last transaction ran is the next one: no delay of its own when
/// idle, large batches when busy. A second activation is harmless: the store locks the shard.
/// </summary>
[Reentrant]
internal sealed class AuditGrain(IAuditStore store) : Grain, IAuditGrain
{
    private Batch next = new();
    private bool writing;

    public Task Append(ImmutableArray<AuditEntry> entries)
    {
        if (entries.IsEmpty) return Task.CompletedTask;
        var batch = next;
        batch.Entries.AddRange(entries);
        if (!writing) WriteAll().Ignore();
        return batch.Written.Task;
    }

    // One after another; each ends its callers' tasks itself, so nothing escapes.
    private async Task WriteAll()
    {
        writing = true;
        while (next.Entries.Count > 0)
        {
            var batch = next;
            next = new();
            try
            {
                await store.AppendAsync((int)this.GetPrimaryKeyLong(), batch.Entries);
                batch.Written.SetResult();
            }
            catch (Exception error)
            {
                batch.Written.SetException(error);
            }
        }

        writing = false;
    }

    private sealed class Batch
    {
        public List<AuditEntry> Entries { get; } = [];
        public TaskCompletionSource Written { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
