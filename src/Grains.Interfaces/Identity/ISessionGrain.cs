using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Identity;

/// <summary>One session of one tenant. Key: <see cref="SessionKey"/>. It is started and ended by its account (<see cref="IAccountGrain"/>).</summary>
[Alias("ISessionGrain")]
public interface ISessionGrain : ITenantGrain
{
    /// <summary>Starts it. A repeat changes nothing; what has ended stays so.</summary>
    /// <exception cref="GridException"><see cref="GridError.AlreadyExists"/>: another start has this id. <see cref="GridError.Invalid"/>.</exception>
    [Alias("Start")] Task<SessionRecord> Start(StartSession start);

    /// <exception cref="GridException"><see cref="GridError.NotFound"/>: it never began, or ended long ago.</exception>
    [Alias("Get")] Task<SessionRecord> Get();

    /// <summary>Something was done in it. Never moves backwards; stored at most once a minute; changes nothing of a session that is none.</summary>
    [Alias("Touch")] Task Touch(DateTimeOffset at);

    /// <summary>Ends it, and says how it ended: the first end stands. One that never began cannot begin any more.</summary>
    /// <returns>Null: it never began.</returns>
    [Alias("End")] Task<SessionRecord?> End(SessionEndReason reason);

    /// <summary>Puts its end by time on record, and forgets it when it ended long ago.</summary>
    [Alias("Refresh")] Task Refresh();
}
