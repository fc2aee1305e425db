using ComplianceGrid.Events;
using ComplianceGrid.Status;
using ComplianceGrid.Storage.Events;
using ComplianceGrid.Storage.Outbox;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Storage.Tests.GrainState;

/// <summary>Everything that a write brings is committed with it, or nothing is.</summary>
public sealed class CommitTests
{
    private const string Everything = """
        SELECT (SELECT count(*) FROM grid.grain_state) || ' ' || (SELECT count(*) FROM grid.employee) || ' ' ||
               (SELECT coalesce(sum(employees), 0) FROM grid.employee_count) || ' ' || (SELECT count(*) FROM grid.outbox) || ' ' ||
               (SELECT count(*) FROM grid.event_log) || ' ' || (SELECT count(*) FROM grid.event_log WHERE closed_at IS NULL)
        """;

    [Fact]
    public async Task State_projection_count_messages_events_and_applied_positions_are_one()
    {
        await using var db = await GridDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await using var host = StorageHost.Start(db);
        EmployeeWrites employees = new(host);
        var told = 0;
        host.Get<OutboxHints>().Left += kind => told += kind == Sample.Message(Sample.Key("acme", 1), "any").Kind ? 1 : 1000;
        var key = Sample.Key("acme", 1);
        await employees.WriteAsync(key, k => Sample.Employee(k), commit => commit with
        {
            Outbox = [Sample.Message(key, "hired"), Sample.Message(key, "ordered")],
            Events = [Sample.Event(key, "e1"), Sample.Event(key, "e2")],
        });
        Assert.Equal(1, told); // once for the two
        Assert.Equal("1 1 1 2 2 2", await Db.ScalarAsync<string>(db.Grid(GridRole.Superuser), Everything));

        var queue = EventQueues.Of(key.ToString());
        EventLogPosition[] applied = [new(queue, 1)];
        await employees.WriteAsync(key, k => Sample.Employee(k, status: ComplianceStatus.Green), commit => commit with
        {
            Outbox = [Sample.Message(key, "hired")], // the same cause again: the same message
            Applied = [.. applied],
        });
        Assert.Equal("1 1 1 2 2 1", await Db.ScalarAsync<string>(db.Grid(GridRole.Superuser), Everything));

        // The number is taken, so nothing of this write stands.
        var other = Sample.Key("acme", 2);
        await Assert.ThrowsAsync<GridException>(() => employees.WriteAsync(other, k => Sample.Employee(k, Sample.Employee(key).EmployeeNumber), commit => commit with
        {
            Outbox = [Sample.Message(other, "hired")],
            Events = [Sample.Event(other, "e3")],
            Applied = [new(queue, 2)],
        }));
        Assert.Equal("1 1 1 2 2 1", await Db.ScalarAsync<string>(db.Grid(GridRole.Superuser), Everything));
        Assert.Equal(2, told); // not of what does not stand

        await host.Get<IEventLog>().CloseAsync([new(queue, 2), new(queue, 1)]);
        Assert.Equal("1 1 1 2 2 0", await Db.ScalarAsync<string>(db.Grid(GridRole.Superuser), Everything));
    }

    [Fact]
    public async Task A_projection_row_is_stored_as_it_was_given()
    {
        await using var db = await GridDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await using var host = StorageHost.Start(db);
        await new EmployeeWrites(host).WriteAsync(Sample.Key("acme", 1), k => Sample.Employee(k));
        var row = await Db.ScalarAsync<string>(db.Grid(GridRole.Superuser), """
            SET LOCAL timezone = 'UTC';
            SELECT concat_ws('|', given_name, family_name, sort_name, array_length(roles, 1), roles[2], roles[3], hired_on, transition_at[2], transition_status[2], next_transition_at)
              FROM grid.employee
            """);
        Assert.Equal("Zoë|Ávila \"Q\" \\|ávila \"q\" \\ zoë|3|a,b|c\"d\\e|2026-01-05|2026-04-03 12:00:00+00|2|2026-03-04 12:00:00+00", row);
    }

    [Fact]
    public async Task An_event_reads_back_as_it_was_appended()
    {
        await using var db = await GridDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await using var host = StorageHost.Start(db);
        var key = Sample.Key("acme", 1);
        var sent = Sample.Event(key, "e1");
        await new EmployeeWrites(host).WriteAsync(key, k => Sample.Employee(k), commit => commit with { Events = [sent] });
        var body = await Db.ScalarAsync<byte[]>(db.Grid(GridRole.Silo), "SELECT body FROM grid.event_log");
        Assert.Equal(sent, CloudEventJson.Read(body));
        Assert.Contains("\"specversion\":\"1.0\"", System.Text.Encoding.UTF8.GetString(body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Counts_equal_a_recount_after_any_writes()
    {
        await using var db = await GridDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await using var host = StorageHost.Start(db);
        await using var second = StorageHost.Start(db, host.KeyFile);
        EmployeeWrites[] silos = [new(host), new(second)];

        var random = new Random(20260301);
        for (var round = 0; round < 12; round++)
        {
            var changes = Enumerable.Range(0, 60)
                .Select(_ => (N: random.Next(60), Site: random.Next(3), Status: random.Next(3), Ended: random.Next(5) == 0)).ToArray();
            // One grain writes one at a time; its silo is fixed.
            await Task.WhenAll(changes.GroupBy(change => change.N).Select(async grain =>
            {
                foreach (var (n, site, status, ended) in grain)
                {
                    await silos[n % 2].WriteAsync(Sample.Key(n % 3 == 0 ? "acme" : "beta", n), key => Sample.Employee(
                        key, site: $"S{site}", status: (ComplianceStatus)status, ended: ended ? new DateOnly(2026, 2, 1) : null));
                }
            }));
        }

        const string difference = """
            WITH kept AS (SELECT tenant_id, site, status, sum(employees)::bigint AS n FROM grid.employee_count GROUP BY 1, 2, 3 HAVING sum(employees) <> 0),
                 counted AS (SELECT tenant_id, site, status, count(*) AS n FROM grid.employee WHERE employment_ended_on IS NULL GROUP BY 1, 2, 3)
            SELECT count(*) FROM ((TABLE kept EXCEPT TABLE counted) UNION ALL (TABLE counted EXCEPT TABLE kept)) d
            """;
        Assert.Equal(0, await Db.ScalarAsync<long>(db.Grid(GridRole.Superuser), difference));
        Assert.NotEqual(0, await Db.ScalarAsync<long>(db.Grid(GridRole.Superuser), "SELECT count(*) FROM grid.employee WHERE employment_ended_on IS NULL"));
    }
}
