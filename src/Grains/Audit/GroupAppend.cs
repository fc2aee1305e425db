using System.Collections.Immutable;

namespace ComplianceGrid.Audit;

/// <summary>
/// Group commit: what queued while the last transaction ran is the next one. No delay of its own when idle, large batches
/// when busy. For one thread at a time, as in a grain.
/// </summary>
internal sealed class GroupAppend(Func<IReadOnlyCollection<AuditEntry>, Task> write)
{
    private Batch next = new();
    private bool writing;

    /// <summary>Ends when the entries are durable, or fails with the batch that they were in; the next batch starts anew.</summary>
    public Task AddAsync(ImmutableArray<AuditEntry> entries)
    {
        if (entries.IsEmpty) return Task.CompletedTask;
        var batch = next;
        batch.Entries.AddRange(entries);
        if (!writing) WriteAllAsync().Ignore(); // ends its callers' tasks itself: nothing escapes
        return batch.Written.Task;
    }

    private async Task WriteAllAsync()
    {
        writing = true;
        while (next.Entries.Count > 0)
        {
            var batch = next;
            next = new();
            try
            {
                await write(batch.Entries);
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
