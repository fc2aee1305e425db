using System.Collections.Immutable;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Identity;

/// <summary>An account's sessions, in whichever tenants. Key: <see cref="TenantKeys.OfSystem"/> of the account's id.</summary>
[Alias("IAccountGrain")]
public interface IAccountGrain : ITenantGrain
{
    /// <summary>Starts a session; the oldest ends when the account has as many as it may. Repeat it with the same key when it was not answered.</summary>
    /// <param name="key">Of a new session: a UUID that cannot be guessed.</param>
    [Alias("StartSession")] Task<SessionRecord> StartSession(SessionKey key, StartSession start);

    /// <summary>Those alive, oldest first.</summary>
    [Alias("Sessions")] Task<ImmutableArray<SessionRecord>> Sessions();

    /// <summary>Ends one of its sessions.</summary>
    /// <returns>How it ended; null: the account has no such session (any more).</returns>
    [Alias("EndSession")] Task<SessionRecord?> EndSession(Guid session, SessionEndReason reason);

    /// <summary>Ends all of them. Once this was answered, or even stored, none survives.</summary>
    [Alias("EndAll")] Task EndAll(SessionEndReason reason);

    /// <summary>Ends what was to end when its process died.</summary>
    [Alias("Refresh")] Task Refresh();
}
