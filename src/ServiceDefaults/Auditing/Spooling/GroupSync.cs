namespace ComplianceGrid.ServiceDefaults.Auditing.Spooling;

/// <summary>
/// Group commit on a disk: what queued while the last sync ran is the next write. No delay of its own when idle, one sync for many when
/// busy, and no thread when nothing is to do.
/// </summary>
/// <param name="write">Writes and syncs; what it throws, all whose items are in this batch get.</param>
internal sealed class GroupSync<T>(Action<IReadOnlyList<T>> write)
{
    private readonly Lock _gate = new();
    private List<T> _next = [];
    private TaskCompletionSource _synced = NewSource();
    private bool _writing;

    /// <summary>Ends when the item is durable.</summary>
    public Task AddAsync(T item)
    {
        lock (_gate)
        {
            _next.Add(item);
            if (!_writing)
            {
                _writing = true;
                _ = Task.Run(WriteAll);
            }

            return _synced.Task;
        }
    }

    private void WriteAll()
    {
        while (Take() is var (batch, synced))
        {
            try
            {
                write(batch);
                synced.SetResult();
            }
            catch (Exception error)
            {
                synced.SetException(error);
            }
        }
    }

    private (List<T> Batch, TaskCompletionSource Synced)? Take()
    {
        lock (_gate)
        {
            if (_next.Count == 0)
            {
                _writing = false;
                return null;
            }

            var taken = (_next, _synced);
            (_next, _synced) = ([], NewSource());
            return taken;
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
