using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Api.Identity.Sessions;

/// <summary>Whether a token's session still lives. Costs nothing while the feed of ends is young, and a call of its grain when it is not.</summary>
internal sealed class SessionGate(SessionFeed feed, ISessions sessions, SessionActivity activity, TimeProvider clock)
{
    /// <summary>A feed older than this is not believed.</summary>
    public static readonly TimeSpan Believed = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Also reports that something was done in the session.</summary>
    /// <returns>False: it has ended, or never was. Refuse the token.</returns>
    /// <exception cref="GridException"><see cref="GridError.Unavailable"/>: nobody can say now.</exception>
    public async ValueTask<bool> CheckAsync(SessionKey key, CancellationToken ct)
    {
        if (!await IsAliveAsync(key, ct)) return false;
        activity.Seen(key);
        return true;
    }

    /// <summary>The same, for whoever asks of a session without doing anything in it.</summary>
    // The ends first, their age last: a process that is stopped in between finds them old.
    public async ValueTask<bool> IsAliveAsync(SessionKey key, CancellationToken ct)
    {
        if (feed.HasEnded(key.Session)) return false;
        if (feed.Age <= Believed) return true;
        SessionTelemetry.Asked.Add(1);
        try
        {
            return (await sessions.GetAsync(key).WaitAsync(Patience, clock, ct)).IsAlive;
        }
        catch (GridException e) when (e.Error == GridError.NotFound)
        {
            return false;
        }
        catch (TimeoutException)
        {
            throw new GridException(GridError.Unavailable, "Whether the session still lives cannot be told at the moment. Try again.");
        }
    }
}
