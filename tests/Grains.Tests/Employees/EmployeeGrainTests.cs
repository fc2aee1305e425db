using ComplianceGrid.Employees;
using ComplianceGrid.Events;
using ComplianceGrid.Grains.Tests.Hosting;
using ComplianceGrid.Orders;
using ComplianceGrid.Policies;
using ComplianceGrid.Status;
using ComplianceGrid.Tenancy;
using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Grains.Tests.Employees;

public sealed class EmployeeGrainTests(GrainsFixture grid)
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private static readonly Policy Policy = new()
    {
        DefaultTimeZone = "America/Chicago",
        Sites = [new() { Code = "dallas", Name = "Dallas", TimeZone = "America/Chicago" }],
        Requirements =
        [
            new()
            {
                Code = "dot-pre-employment-drug-test",
                Title = "pre-employment drug test",
                Item = ComplianceItems.PreEmploymentDrugTest,
                Gate = Gate.BeforeWork,
                Functions = [WorkFunctions.Drive],
                Citation = "49 CFR 382.301",
                Audience = Audience.DrugAndAlcohol,
                Order = new() { Vendor = "checkr", Product = "dot_panel", Dot = true },
            },
        ],
    };

    [Fact]
    public async Task Hire_order_pending_is_red_and_only_the_verified_negative_turns_it_green()
    {
        var (employee, key) = await HireAsync();
        var order = await OrderOfAsync(key);
        Assert.Equal((ComplianceStatus.Red, ReasonCode.Missing), Shown(await employee.Get()));

        await PassOnAsync(employee, key);
        var pending = await employee.Get();
        Assert.Equal((ComplianceStatus.Red, ReasonCode.Pending), Shown(pending));
        Assert.Equal("awaiting pre-employment drug test result", pending.Assessment.Reasons.Single().Text);
        Assert.False((await employee.GetClearance(WorkFunctions.Drive, Now)).Allowed);

        // What the laboratory says is not the employer's to see before the medical review officer has verified it (49 CFR 40.97).
        await ResultAsync(order, version: 2, FactOutcome.AwaitingReview);
        await PassOnAsync(employee, key);
        Assert.Equal((ComplianceStatus.Red, ReasonCode.Pending), Shown(await employee.Get()));

        await ResultAsync(order, version: 3, FactOutcome.Satisfied);
        await PassOnAsync(employee, key);
        Assert.Equal(ComplianceStatus.Green, (await employee.Get()).Assessment.Status);
        Assert.True((await employee.GetClearance(WorkFunctions.Drive, TimeProvider.System.GetUtcNow())).Allowed);
    }

    [Fact]
    public async Task No_order_of_events_makes_it_green_before_the_negative_is_there_and_repeats_change_nothing()
    {
        EventData[] said =
        [
            Said(1, FactOutcome.Pending), Said(2, FactOutcome.AwaitingReview), Said(3, FactOutcome.Pending), Said(4, FactOutcome.Satisfied),
        ];
        foreach (var order in Permutations(said))
        {
            var (employee, key) = await HireAsync();
            var seen = false;
            foreach (var data in order.Concat(order))
            {
                await employee.Apply(Event(key, data));
                seen |= data.SourceVersion == 4;
                Assert.Equal(seen ? ComplianceStatus.Green : ComplianceStatus.Red, (await employee.Get()).Assessment.Status);
            }
        }
    }

    [Fact]
    public async Task A_certificate_turns_amber_and_red_at_later_instants_although_nothing_wakes_the_grain()
    {
        var (employee, key) = await HireAsync();
        var lastDay = DateOnly.FromDateTime(Now.UtcDateTime).AddDays(100);
        await employee.Apply(Event(key, Said(1, FactOutcome.Satisfied) with { ExpiresOn = lastDay }));

        var transitions = (await employee.Get()).Assessment.Transitions;
        Assert.Equal([ComplianceStatus.Amber, ComplianceStatus.Red], transitions.Select(t => t.Status));
        Assert.Equal(lastDay.AddDays(-30), DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(transitions[0].At, Chicago).DateTime));
        Assert.Equal(lastDay.AddDays(1), DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(transitions[1].At, Chicago).DateTime));
        Assert.True((await employee.GetClearance(WorkFunctions.Drive, transitions[1].At.AddTicks(-1))).Allowed);
        Assert.False((await employee.GetClearance(WorkFunctions.Drive, transitions[1].At)).Allowed);
    }

    [Fact]
    public async Task A_fact_that_came_before_the_hire_counts_and_nobody_is_cleared_who_was_never_hired()
    {
        var tenant = await grid.TenantAsync(Policy);
        var key = new EmployeeKey(tenant, Guid.CreateVersion7(Now));
        var employee = grid.Grain<IEmployeeGrain>(key.ToString());
        await employee.Apply(Event(key, Said(1, FactOutcome.Satisfied)));
        Assert.Equal(GridError.NotFound, (await Assert.ThrowsAsync<GridException>(employee.Get)).Error);
        Assert.False((await employee.GetClearance(WorkFunctions.Drive, Now)).Allowed);

        await employee.Hire(Profile("E-1"));
        Assert.Equal(ComplianceStatus.Green, (await employee.Get()).Assessment.Status);
        Assert.Equal(0, await CountAsync("order", key)); // it is there already
    }

    [Fact]
    public async Task A_number_is_taken_once_a_revision_is_changed_once_and_a_repeat_changes_nothing()
    {
        var (employee, key) = await HireAsync();
        var again = await employee.Hire(Profile("E-1"));
        Assert.Equal(1, again.Revision);
        Assert.Equal(1, await CountAsync("order", key));

        var other = grid.Grain<IEmployeeGrain>(new EmployeeKey(key.Tenant, Guid.CreateVersion7(Now)).ToString());
        Assert.Equal(GridError.AlreadyExists, (await Assert.ThrowsAsync<GridException>(() => other.Hire(Profile("E-1")))).Error);
        Assert.Equal(GridError.NotFound, (await Assert.ThrowsAsync<GridException>(other.Get)).Error);

        var renamed = Profile("E-1") with { FamilyName = "Nowak-Smith" };
        Assert.Equal(2, (await employee.Update(renamed, expectedRevision: 1)).Revision);
        var stale = await Assert.ThrowsAsync<GridException>(() => employee.Update(Profile("E-1"), expectedRevision: 1));
        Assert.Equal(GridError.PreconditionFailed, stale.Error);
        Assert.Equal("Nowak-Smith", (await employee.Get()).Profile.FamilyName);
    }

    [Fact]
    public async Task A_restarted_silo_reads_what_was_saved()
    {
        var (employee, key) = await HireAsync();
        await employee.Apply(Event(key, Said(1, FactOutcome.Satisfied)));
        var before = await employee.Get();

        await grid.RestartAsync();
        var after = await grid.Grain<IEmployeeGrain>(key.ToString()).Get();
        Assert.Equal((before.Revision, before.Assessment.Status), (after.Revision, after.Assessment.Status));
        Assert.Equal(before.Profile.Email, after.Profile.Email);
    }

    [Fact]
    public async Task The_state_of_a_long_career_stays_below_16_kilobytes()
    {
        var (employee, key) = await HireAsync();
        for (var n = 0; n < 60; n++)
            await employee.Apply(Event(key, Said(1, FactOutcome.Satisfied) with { SourceKey = $"order/{Guid.CreateVersion7(Now.AddMinutes(n))}", ExpiresOn = new DateOnly(2030, 1, 1) }));
        Assert.InRange(await ScalarAsync("SELECT octet_length(payload)::bigint FROM grid.grain_state WHERE state_name = 'employee' AND grain_key = $1", key.ToString()), 1, 16 * 1024);
    }

    private static readonly TimeZoneInfo Chicago = TimeZoneInfo.FindSystemTimeZoneById("America/Chicago");

    private async Task<(IEmployeeGrain Employee, EmployeeKey Key)> HireAsync()
    {
        var tenant = await grid.TenantAsync(Policy);
        var key = new EmployeeKey(tenant, Guid.CreateVersion7(Now));
        var employee = grid.Grain<IEmployeeGrain>(key.ToString());
        await employee.Hire(Profile("E-1"));
        return (employee, key);
    }

    private static EmployeeProfile Profile(string number) => new()
    {
        EmployeeNumber = number,
        GivenName = "Ada",
        FamilyName = "Nowak",
        Email = "ada@roster.example",
        Site = "dallas",
        Roles = ["driver"],
        DotModes = [DotMode.Fmcsa],
        HiredOn = new(2026, 3, 2),
    };

    private static EventData Said(long version, FactOutcome outcome) => new()
    {
        SourceKey = "order/1",
        SourceVersion = version,
        Item = ComplianceItems.PreEmploymentDrugTest,
        Outcome = outcome,
        ObservedAt = Now.AddMinutes(-10 + version),
        Dot = true,
    };

    private static ComplianceEvent Event(EmployeeKey key, EventData data) => new()
    {
        Id = $"{data.SourceKey}@{data.SourceVersion}",
        Source = "orders",
        Type = EventTypes.OrderFact,
        Time = Now,
        Namespace = StreamNamespaces.Compliance,
        Key = key.ToString(),
        Data = data,
    };

    /// <summary>The order that the hire asked for, as the relay would place it.</summary>
    private async Task<OrderKey> OrderOfAsync(EmployeeKey key)
    {
        await using var database = NpgsqlDataSource.Create(grid.Database.Grid(GridRole.Superuser));
        await using var command = database.CreateCommand("SELECT id FROM grid.outbox WHERE kind = 'order' AND tenant_id = $1");
        command.Parameters.Add(new() { Value = key.Tenant.Value });
        var order = new OrderKey(key.Tenant, (Guid)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!);
        await grid.Grain<IVendorOrderGrain>(order.ToString()).Place(new()
        {
            Employee = key,
            Vendor = "checkr",
            Product = "dot_panel",
            Item = ComplianceItems.PreEmploymentDrugTest,
            ServiceDays = 7,
            Dot = true,
            Audience = Audience.DrugAndAlcohol,
        });
        return order;
    }

    private Task ResultAsync(OrderKey order, long version, FactOutcome outcome) =>
        grid.Grain<IVendorOrderGrain>(order.ToString()).Apply(Event(default, Said(version, outcome) with { SourceKey = "laboratory/specimen-1" }) with
        {
            Namespace = StreamNamespaces.Orders,
            Type = EventTypes.DrugTestResult,
            Key = order.ToString(),
        });

    /// <summary>Gives the employee what the order has appended to the event log, as the stream would.</summary>
    private async Task PassOnAsync(IEmployeeGrain employee, EmployeeKey key)
    {
        await using var database = NpgsqlDataSource.Create(grid.Database.Grid(GridRole.Superuser));
        await using var command = database.CreateCommand("SELECT body FROM grid.event_log WHERE stream_key = $1 ORDER BY position");
        command.Parameters.Add(new() { Value = key.ToString() });
        await using var rows = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        while (await rows.ReadAsync(TestContext.Current.CancellationToken))
            await employee.Apply(Storage.Events.CloudEventJson.Read(rows.GetFieldValue<byte[]>(0)));
    }

    private static (ComplianceStatus, ReasonCode) Shown(EmployeeRecord record) => (record.Assessment.Status, record.Assessment.Reasons[0].Code);

    private Task<long> CountAsync(string kind, EmployeeKey key) =>
        ScalarAsync($"SELECT count(*) FROM grid.outbox WHERE kind = '{kind}' AND tenant_id = $1", key.Tenant.Value);

    private async Task<long> ScalarAsync(string sql, string parameter)
    {
        await using var database = NpgsqlDataSource.Create(grid.Database.Grid(GridRole.Superuser));
#pragma warning disable CA2100 // constants of this class
        await using var command = database.CreateCommand(sql);
#pragma warning restore CA2100
        command.Parameters.Add(new() { Value = parameter });
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    private static IEnumerable<EventData[]> Permutations(EventData[] items) =>
        items.Length == 1 ? [items] : items.SelectMany(item => Permutations([.. items.Where(other => other != item)]), (item, rest) => (EventData[])[item, .. rest]);
}
