using ComplianceGrid.Events;

namespace ComplianceGrid.Storage.Events;

/// <summary>The event log as a grain sees it.</summary>
public interface IEventLog
{
    /// <summary>
    /// Closes rows whose event changed nothing (a repeat, an older version), without a state write. Returns when it is durable;
    /// closing twice is harmless. What a write has applied is closed in that write (<c>StateCommit.Applied</c>).
    /// </summary>
    /// <exception cref="GridException"><see cref="GridError.Unavailable"/>: still open, so it will be delivered again.</exception>
    Task CloseAsync(IReadOnlyCollection<EventLogPosition> positions);
}
