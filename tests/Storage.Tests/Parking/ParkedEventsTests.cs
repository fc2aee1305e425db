using ComplianceGrid.Storage.Parking;
using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Storage.Tests.Parking;

public sealed class ParkedEventsTests
{
    [Fact]
    public async Task What_nobody_listens_to_stays_parked_and_another_tenants_is_not_there()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var db = await GridDatabase.CreateAsync(ct);
        var id = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
        await using (var superuser = NpgsqlDataSource.Create(db.Grid(GridRole.Superuser)))
        await using (var command = superuser.CreateCommand(
            "INSERT INTO grid.parked_event (id, tenant_id, topic, partition, record_offset, body, attempts, reason) VALUES ($1, 'acme', 'elsewhere', 0, 7, 'no event', 1, 'not understood')"))
        {
            command.Parameters.Add(new() { Value = id });
            await command.ExecuteNonQueryAsync(ct);
        }

        await using var silo = NpgsqlDataSource.Create(db.Grid(GridRole.Silo));
        var events = new ParkedEvents(silo, TimeProvider.System);
        foreach (var _ in new[] { 1, 2 }) Assert.Equal(ReplayOutcome.Unfit, await events.ReplayAsync(new("acme"), id, _ => throw new InvalidOperationException("Nothing was done."), ct));
        Assert.Equal(ReplayOutcome.NotThere, await events.ReplayAsync(new("other"), id, _ => throw new InvalidOperationException("Nothing was done."), ct));
        Assert.NotNull(await events.FindAsync(id.ToString(), ct));
    }
}
