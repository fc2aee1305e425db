using System.Threading.Channels;

namespace ComplianceGrid.Storage.Sql;

/// <summary>Hands over what queued while the last group was being committed: one group at a time, no delay at rest, fewer and larger groups when busy.</summary>
internal sealed class GroupQueue<T> : IAsyncDisposable
{
    /// <summary>So many are worth a transaction at once, and beside another one.</summary>
    public const int Many = 64;

    private readonly Channel<T> _queue = Channel.CreateUnbounded<T>();
    private readonly Pace _pace;
    private readonly int _max;
    private readonly Func<List<T>, Task> _commit;
    private readonly Action<T, Exception> _fail;
    private readonly Task _loop;

    /// <param name="fail">Called for each of a group whose commit threw.</param>
    /// <param name="pace">Null: that of commits.</param>
    public GroupQueue(int max, Func<List<T>, Task> commit, Action<T, Exception> fail, Pace? pace = null)
    {
        (_max, _commit, _fail, _pace) = (max, commit, fail, pace ?? new(Pace.OfCommits));
        // Whoever asks for the storage first must not lend its trace and request context to every later commit.
        using (ExecutionContext.SuppressFlow()) _loop = Task.Run(RunAsync);
    }

    public int Count => _queue.Reader.Count;

    /// <exception cref="ObjectDisposedException">The host is stopping.</exception>
    public void Add(T item) => ObjectDisposedException.ThrowIf(!_queue.Writer.TryWrite(item), this);

    /// <summary>Commits what is queued, then stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _loop;
    }

    private async Task RunAsync()
    {
        var isBusy = false;
        while (await _queue.Reader.WaitToReadAsync())
        {
            await _pace.BeginAsync(isBusy && Count < Math.Min(Many, _max));
            List<T> group = [];
            while (group.Count < _max && _queue.Reader.TryRead(out var item)) group.Add(item);
            try
            {
                await _commit(group);
            }
            catch (Exception e)
            {
                foreach (var item in group) _fail(item, e);
            }

            isBusy = Count > 0;
        }
    }
}
