namespace ComplianceGrid.Identity;

internal enum SessionStanding
{
    NeverBegan,
    Alive,
    /// <summary>By time, not on record yet.</summary>
    IdleExpired,
    /// <summary>By time, not on record yet.</summary>
    Over,
    /// <summary>On record.</summary>
    Ended,
}

/// <summary>
/// How long a session lives. When the clock is set back, instants that now lie ahead are brought back to now: a session never has more
/// before it than its limits.
/// </summary>
internal static class SessionRule
{
    public static SessionState Begin(StartSession start, SessionLimits limits, DateTimeOffset now) => new()
    {
        Start = start,
        StartedAt = now,
        LastActivityAt = now,
        EndsAt = Earlier(start.SignedInAt ?? now, now) + limits.AbsoluteOf(start.Privileged),
    };

    public static SessionStanding Judge(SessionState state, SessionLimits limits, DateTimeOffset now)
    {
        if (state.Ended is not null) return SessionStanding.Ended;
        if (state.Start is null) return SessionStanding.NeverBegan;
        if (now < TimeEnd(state, limits)) return SessionStanding.Alive;
        return IdleEnd(state, limits) < state.EndsAt ? SessionStanding.IdleExpired : SessionStanding.Over;
    }

    /// <summary>When it ends if nothing is done in it.</summary>
    public static DateTimeOffset TimeEnd(SessionState state, SessionLimits limits) => Earlier(IdleEnd(state, limits), state.EndsAt);

    /// <summary>What was done at an instant after the session's end, or before what was done last, changes nothing.</summary>
    public static SessionState Touch(SessionState state, DateTimeOffset at, SessionLimits limits, DateTimeOffset now)
    {
        at = Earlier(at, now);
        return Judge(state, limits, at) == SessionStanding.Alive && at > state.LastActivityAt ? state with { LastActivityAt = at } : state;
    }

    /// <summary>Ends what is alive or never began; what ended by time ended then, and what is ended stays so.</summary>
    public static SessionState End(SessionState state, SessionEndReason reason, SessionLimits limits, DateTimeOffset now)
    {
        state = Expire(state, limits, now);
        return state.Ended is null ? state with { Ended = new(now, reason) } : state;
    }

    /// <summary>With its end by time, if it has come.</summary>
    public static SessionState Expire(SessionState state, SessionLimits limits, DateTimeOffset now) => Judge(state, limits, now) switch
    {
        SessionStanding.IdleExpired => state with { Ended = new(TimeEnd(state, limits), SessionEndReason.Idle) },
        SessionStanding.Over => state with { Ended = new(TimeEnd(state, limits), SessionEndReason.Over) },
        SessionStanding.NeverBegan or SessionStanding.Alive or SessionStanding.Ended => state,
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    /// <summary>Brought back to now after the clock was set back.</summary>
    public static SessionState Settle(SessionState state, SessionLimits limits, DateTimeOffset now)
    {
        if (state.Ended is { } ended) return ended.At <= now ? state : state with { Ended = ended with { At = now } };
        if (state.Start is null || (state.StartedAt <= now && state.LastActivityAt <= now)) return state;
        return state with
        {
            StartedAt = Earlier(state.StartedAt, now),
            LastActivityAt = Earlier(state.LastActivityAt, now),
            EndsAt = Earlier(state.EndsAt, now + limits.AbsoluteOf(state.Start.Privileged)),
        };
    }

    private static DateTimeOffset IdleEnd(SessionState state, SessionLimits limits) => state.LastActivityAt + limits.Idle;

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;
}
