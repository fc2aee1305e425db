namespace ComplianceGrid.Api.Identity.Passwords;

/// <summary>
/// Hashing has threads of its own, few, behind a bounded queue: however many log on, it takes no more cores than these and no thread of the pool,
/// on which everything else runs. Where the queue is full the caller hears so at once. Who is gone before their turn makes room.
/// </summary>
internal sealed class HashingQueue : IDisposable
{
    private readonly LinkedList<Job> _waiting = [];
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _jobs = new(0); // counts jobs that were ever queued and not looked for yet
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread[] _hashers;
    private readonly int _capacity;
    private readonly TimeProvider _time;
    private long _lastRefusal;

    public HashingQueue(int hashers, int capacity, TimeProvider time)
    {
        (_capacity, _time) = (capacity, time);
        _hashers = [.. Enumerable.Range(1, hashers).Select(number => new Thread(Hash) { IsBackground = true, Name = $"hashing-{number}" })];
        foreach (var hasher in _hashers) hasher.Start();
    }

    public int Waiting
    {
        get { lock (_gate) return _waiting.Count; }
    }

    /// <summary>Null: nobody was refused yet.</summary>
    public TimeSpan? SinceRefusal => Interlocked.Read(ref _lastRefusal) is not 0 and var at ? _time.GetElapsedTime(at) : null;

    /// <summary>Threads that are still there; fewer than were asked for means that one died.</summary>
    public bool IsWhole => _hashers.All(hasher => hasher.IsAlive);

    /// <exception cref="GridException"><see cref="GridError.Busy"/>: the queue is full; thrown before anything waits.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up before the turn came, or the host stops. Work that has begun is finished.</exception>
    public async Task<T> RunAsync<T>(Func<T> work, CancellationToken ct)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var job = new Job(_time.GetTimestamp(), () => Run(work, done), () => done.TrySetCanceled(ct.IsCancellationRequested ? ct : _stop.Token));
        ct.ThrowIfCancellationRequested();
        Enqueue(job);
        await using var leaving = ct.UnsafeRegister(_ => Leave(job), null);
        return await done.Task;
    }

    private void Enqueue(Job job)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, this);
            if (_waiting.Count < _capacity)
            {
                _waiting.AddLast(job.Place);
                _jobs.Release();
                return;
            }
        }

        Interlocked.Exchange(ref _lastRefusal, _time.GetTimestamp());
        HashingTelemetry.Refused.Add(1);
        throw new GridException(GridError.Busy, "Too many log on at this moment. Try again in a few seconds.");
    }

    private void Leave(Job job)
    {
        lock (_gate)
        {
            if (job.Place.List is null) return; // its turn has come
            _waiting.Remove(job.Place);
        }

        job.Drop();
    }

    private void Hash()
    {
        while (TryTake(out var job))
        {
            if (job is null) continue; // the one that was counted has left
            HashingTelemetry.Wait.Record(_time.GetElapsedTime(job.Since).TotalMilliseconds);
            var begun = _time.GetTimestamp();
            job.Run();
            HashingTelemetry.Duration.Record(_time.GetElapsedTime(begun).TotalMilliseconds);
        }
    }

    private bool TryTake(out Job? job)
    {
        job = null;
        try
        {
            _jobs.Wait(_stop.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        lock (_gate)
        {
            job = _waiting.First?.Value;
            if (job is not null) _waiting.RemoveFirst();
            return true;
        }
    }

    private static void Run<T>(Func<T> work, TaskCompletionSource<T> done)
    {
        try
        {
            done.TrySetResult(work());
        }
        catch (Exception error)
        {
            done.TrySetException(error); // the caller's; the thread goes on
        }
    }

    /// <summary>Whoever still waits is told that the host stops.</summary>
    public void Dispose()
    {
        Job[] left;
        lock (_gate)
        {
            if (_stop.IsCancellationRequested) return;
            _stop.Cancel();
            left = [.. _waiting];
            _waiting.Clear();
        }

        foreach (var job in left) job.Drop();
        foreach (var hasher in _hashers) hasher.Join();
        _jobs.Dispose();
    }

    private sealed class Job
    {
        public Job(long since, Action run, Action drop)
        {
            (Since, Run, Drop) = (since, run, drop);
            Place = new(this);
        }

        public long Since { get; }
        public Action Run { get; }
        public Action Drop { get; }
        public LinkedListNode<Job> Place { get; }
    }
}
