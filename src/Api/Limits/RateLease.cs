namespace ComplianceGrid.Api.Limits;

/// <summary>
/// One process's part of one count. Taking a permit costs a lock; the grid is asked for the next chunk when half of the last one is used, and a
/// request waits for it only when nothing is left. Time is the monotonic clock's: a process that was stopped, or whose clock was set, misjudges no window.
/// </summary>
internal sealed class RateLease(RateKey key, RateQuota quota, RateDesk desk, double aloneShare)
{
    private readonly Lock _gate = new();
    private readonly long _alone = Math.Max(1, (long)(quota.Limit * aloneShare));
    private long _number, _granted, _used, _left, _waiting;
    private long? _began; // timestamp from which _lasts counts
    private TimeSpan _lasts;
    private Task<bool>? _asking;

    /// <summary>Its window is over: nothing of it matters any more.</summary>
    public bool IsOver
    {
        get
        {
            lock (_gate) return Rest <= TimeSpan.Zero && _asking is null && _waiting == 0;
        }
    }

    private TimeSpan Rest => _began is { } began ? _lasts - desk.Clock.GetElapsedTime(began) : TimeSpan.Zero;

    public ValueTask<RateVerdict> TakeAsync(CancellationToken ct)
    {
        lock (_gate)
        {
            if (TryTake() is { } verdict) return new(verdict);
        }

        return WaitAsync(ct);
    }

    /// <summary>The request was refused by another limit: it did not happen.</summary>
    public void GiveBack()
    {
        lock (_gate) _used = Math.Max(0, _used - 1);
    }

    private async ValueTask<RateVerdict> WaitAsync(CancellationToken ct)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            while (true)
            {
                Task<bool>? asking;
                lock (_gate)
                {
                    if (TryTake() is { } verdict) return verdict;
                    var isAway = desk.IsAway; // before asking: who asks first waits for the answer, however soon it comes
                    asking = desk.MayAsk ? Ask() : null;
                    if (asking is null || isAway) return Alone();
                }

                try
                {
                    if (await asking.WaitAsync(desk.Patience, desk.Clock, ct)) continue;
                }
                catch (TimeoutException)
                {
                    desk.GiveUp();
                }

                lock (_gate) return Alone();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    // Null: nothing is left here, and the grid may have some.
    private RateVerdict? TryTake()
    {
        if (Rest <= TimeSpan.Zero) (_began, _lasts, _number, _used, _granted, _left) = (desk.Clock.GetTimestamp(), quota.Window, 0, 0, quota.Advance, quota.Limit - quota.Advance);
        if (_used < _granted)
        {
            _used++;
            if (_left > 0 && _granted - _used < quota.Chunk / 2 && desk.MayAsk) Ask();
            return Verdict(true);
        }

        return _left <= 0 && _number != 0 ? Verdict(false) : null;
    }

    private RateVerdict Alone()
    {
        if (_used >= _alone) return Verdict(false);
        _used++;
        return Verdict(true);
    }

    private RateVerdict Verdict(bool isAllowed) => new(isAllowed, quota, isAllowed ? Math.Max(0, _granted - _used) + _left : 0, Rest);

    private Task<bool> Ask()
    {
        if (_asking is not null) return _asking;
        var held = Math.Max(_used, _number == 0 ? 0 : _granted);
        var (number, upTo) = (_number, held + quota.Chunk + Interlocked.Read(ref _waiting));
        return _asking = Task.Run(() => AskAsync(number, held, upTo));
    }

    private async Task<bool> AskAsync(long number, long held, long upTo)
    {
        var grant = await desk.AskAsync(key, quota, number, held, upTo);
        lock (_gate)
        {
            _asking = null;
            if (grant is null) return false;
            if (_number != 0 && _number != grant.Number) _used = 0; // another window began there, of which nothing was used
            (_number, _granted, _left, _began, _lasts) = (grant.Number, grant.Granted, grant.Left, desk.Clock.GetTimestamp(), grant.EndsIn);
            return true;
        }
    }
}
