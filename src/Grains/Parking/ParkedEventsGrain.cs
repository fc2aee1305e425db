using System.Collections.Immutable;
using ComplianceGrid.Audit;
using ComplianceGrid.Storage.Parking;
using ComplianceGrid.Tenancy;
using Orleans.Concurrency;

namespace ComplianceGrid.Parking;

/// <summary>Asks the rows, which are the truth; keeps nothing.</summary>
[StatelessWorker]
internal sealed class ParkedEventsGrain(ParkedEvents events, TimeProvider clock) : Grain, IParkedEventsGrain
{
    private TenantId Tenant => new(this.GetPrimaryKeyString());

    public async Task<ImmutableArray<ParkedEvent>> List(Guid? after, int max) =>
        [.. (await events.ListAsync(Tenant.Value, after?.ToString(), max, CancellationToken.None)).Select(item => new ParkedEvent
        {
            Id = Guid.Parse(item.Id),
            EventId = item.EventId,
            Subject = item.Subject,
            Attempts = item.Attempts,
            Reason = item.Reason,
            ParkedAt = item.ParkedAt,
        })];

    public async Task<bool> Replay(Guid id)
    {
        var trace = new AuditTrace(Tenant, $"parked/{id:N}", "events", id, clock.GetUtcNow().ToMicroseconds());
        return await events.ReplayAsync(Tenant, id, eventId => trace.Part(0, AuditAction.Update, new { change = "replayed", eventId }), CancellationToken.None) switch
        {
            ReplayOutcome.Replayed => true,
            ReplayOutcome.WasBefore => false,
            ReplayOutcome.Unfit => throw new GridException(GridError.Invalid, "Nobody in the grid listens to this event, so it stays parked."),
            ReplayOutcome.NotThere => throw new GridException(GridError.NotFound, "No event is parked under this id in this tenant."),
            var other => throw new InvalidOperationException(other.ToString()),
        };
    }
}
