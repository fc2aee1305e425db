using System.Text;
using ComplianceGrid.Audit;
using ComplianceGrid.Events;
using ComplianceGrid.Hosting;
using ComplianceGrid.Status;
using ComplianceGrid.Storage.Outbox;

namespace ComplianceGrid.Employees;

public sealed class EmployeeGrainTests(TestGrid grid) : GrainTest(grid)
{
    [Fact]
    public async Task Hired_ordered_and_pending_is_red_and_the_verified_negative_turns_green()
    {
        await PublishAsync(OrderedTest);
        var hired = await Person.Hire(Given.Driver());
        Assert.Equal((1, ComplianceStatus.Red, ReasonCode.Missing), (hired.Revision, hired.Assessment.Status, hired.Assessment.Reasons.Single().Code));

        var order = Assert.Single(await Grid.PlaceOrdersAsync(Tenant));
        await Grid.DeliverAsync(Tenant);
        var pending = await Person.Get();
        Assert.Equal("awaiting pre-employment drug test result", pending.Assessment.Reasons.Single().Text);
        Assert.Equal((ComplianceStatus.Red, ReasonCode.Pending), (pending.Assessment.Status, pending.Assessment.Reasons.Single().Code));
        Assert.False((await Person.GetClearance(WorkFunctions.Drive, Grid.Clock.Now)).Allowed);

        // The laboratory's word before verification changes nothing that anybody here may read.
        await Grid.Order(order).Apply(Result(order, 1, FactOutcome.AwaitingReview));
        await Grid.DeliverAsync(Tenant);
        Assert.Equal(ReasonCode.Pending, (await Person.Get()).Assessment.Reasons.Single().Code);

        Grid.Clock.Now = Given.Monday.AddDays(1);
        await Grid.Order(order).Apply(Result(order, 2, FactOutcome.Satisfied));
        Assert.Equal(ComplianceStatus.Red, (await Person.Get()).Assessment.Status);
        await Grid.DeliverAsync(Tenant);
        var green = await Person.Get();
        Assert.Equal((ComplianceStatus.Green, 0), (green.Assessment.Status, green.Assessment.Reasons.Length));
        Assert.True((await Person.GetClearance(WorkFunctions.Drive, Grid.Clock.Now)).Allowed);
        Assert.Equal((short)0, await Row<short>("status"));
        Assert.Equal(green.Revision, await Row<long>("revision"));
    }

    [Fact]
    public async Task No_order_of_events_makes_it_green_before_the_result_is_in()
    {
        await PublishAsync(OrderedTest);
        var at = Given.Monday;
        EventData[] events =
        [
            Fact(1, FactOutcome.Pending, at), Fact(2, FactOutcome.AwaitingReview, at.AddHours(1)),
            Fact(3, FactOutcome.Pending, at.AddHours(2)), Fact(4, FactOutcome.Satisfied, at.AddHours(3)),
        ];
        Grid.Clock.Now = at.AddDays(1);
        foreach (var order in Permutations(events))
        {
            var key = Key with { Employee = Guid.CreateVersion7(Grid.Clock.Now) };
            var person = Grid.Employee(key);
            await person.Hire(Given.Driver() with { EmployeeNumber = key.Employee.ToString() });
            var satisfied = false;
            foreach (var data in order)
            {
                await person.Apply(Event(StreamNamespaces.Compliance, key.ToString(), data));
                satisfied |= data.Outcome == FactOutcome.Satisfied;
                Assert.Equal(satisfied ? ComplianceStatus.Green : ComplianceStatus.Red, (await person.Get()).Assessment.Status);
            }
        }
    }

    [Fact]
    public async Task A_fact_known_before_the_hire_counts_after_it()
    {
        await PublishAsync(OrderedTest);
        await Person.Apply(Event(StreamNamespaces.Compliance, Key.ToString(), Fact(1, FactOutcome.Satisfied, Given.Monday)));
        await RefusedAsync(GridError.NotFound, () => Person.Get());
        var clearance = await Person.GetClearance(WorkFunctions.Work, Grid.Clock.Now);
        Assert.Equal((false, ReasonCode.NotEmployed), (clearance.Allowed, clearance.Reasons.Single().Code));
        Assert.Equal(ComplianceStatus.Green, (await Person.Hire(Given.Driver())).Assessment.Status);
        Assert.Empty(await Grid.PlaceOrdersAsync(Tenant)); // what is on file is not ordered
    }

    [Fact]
    public async Task Nobody_and_nothing_is_prohibited_without_an_error()
    {
        var clearance = await Person.GetClearance(WorkFunctions.Drive, Grid.Clock.Now);
        Assert.Equal((false, 0), (clearance.Allowed, clearance.PolicyVersion));
    }

    [Fact]
    public async Task A_repeat_or_an_older_version_is_closed_without_a_write()
    {
        await PublishAsync(OrderedTest);
        await Person.Hire(Given.Driver());
        var order = Assert.Single(await Grid.PlaceOrdersAsync(Tenant));
        var pending = Assert.Single(await Grid.OpenEventsAsync(Tenant));
        await Person.Apply(pending);
        var revision = (await Person.Get()).Revision;
        await Grid.Order(order).Apply(Result(order, 1, FactOutcome.Satisfied));
        var result = Assert.Single(await Grid.OpenEventsAsync(Tenant));
        await Person.Apply(pending with { LogPosition = result.LogPosition }); // says nothing new
        Assert.Empty(await Grid.OpenEventsAsync(Tenant));
        Assert.Equal(revision, (await Person.Get()).Revision);
        await Person.Apply(result);
        await Person.Apply(pending);
        Assert.Equal((revision + 1, ComplianceStatus.Green), ((await Person.Get()).Revision, (await Person.Get()).Assessment.Status));
    }

    [Fact]
    public async Task Past_the_next_transition_the_answer_is_right_though_nothing_swept()
    {
        await PublishAsync(Given.CertificateOnFile);
        await Person.Hire(Given.Driver());
        await Person.Apply(Event(StreamNamespaces.Compliance, Key.ToString(),
            Fact(1, FactOutcome.Satisfied, Given.Monday) with { Item = Given.Certificate, ExpiresOn = new(2026, 12, 1) }));
        var green = await Person.Get();
        Assert.Equal((ComplianceStatus.Green, Given.Utc(2026, 11, 1, 5), ComplianceStatus.Amber),
            (green.Assessment.Status, green.Assessment.NextTransitionAt, green.Assessment.NextStatus));
        Assert.Equal(Given.Utc(2026, 11, 1, 5), await DueAt());
        await Grid.AuditAsync(Tenant);

        foreach (var (at, status) in new[]
        {
            (Given.Utc(2026, 11, 1, 5).AddTicks(-10), ComplianceStatus.Green), (Given.Utc(2026, 11, 1, 5), ComplianceStatus.Amber),
            (Given.Utc(2026, 12, 2, 6).AddTicks(-10), ComplianceStatus.Amber), (Given.Utc(2026, 12, 2, 6), ComplianceStatus.Red),
        })
        {
            Grid.Clock.Now = at;
            Assert.Equal(status, (await Person.Get()).Assessment.Status);
            Assert.Equal((short)status, await Grid.ValueAsync<short>(
                "SELECT grid.status_at(status, transition_at, transition_status, $2) FROM grid.employee WHERE tenant_id = $1", Tenant.Value, at));
        }

        Assert.Equal((short)0, await Row<short>("status"));
        await Person.Refresh();
        Assert.Equal((short)2, await Row<short>("status"));
        Assert.Null(await DueAt());
        var told = Assert.Single(await Grid.AuditAsync(Tenant));
        Assert.Equal((AuditAction.StatusChanged, Key.Employee.ToString()), (told.Action, told.ResourceId));
        Assert.Contains("\"from\":\"green\",\"to\":\"red\"", told.Details, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refresh_writes_only_when_time_or_policy_has_changed_the_answer()
    {
        await PublishAsync(Given.CertificateOnFile);
        await Person.Refresh(); // nobody: nothing is made of it
        var revision = (await Person.Hire(Given.Driver())).Revision;
        await Person.Refresh(); // without a next transition
        Assert.Equal(revision, (await Person.Get()).Revision);
        await Person.Apply(Event(StreamNamespaces.Compliance, Key.ToString(),
            Fact(1, FactOutcome.Satisfied, Given.Monday) with { Item = Given.Certificate, ExpiresOn = new(2026, 12, 1) }));
        revision++;
        await Grid.RestartAsync(); // what it knows of the last evaluation is in its state

        Grid.Clock.Now = Given.Utc(2026, 11, 1, 5).AddTicks(-10);
        await Person.Refresh();
        Assert.Equal(revision, await Row<long>("revision"));

        Grid.Clock.Now = Given.Utc(2026, 11, 1, 5);
        await Person.Refresh();
        await Person.Refresh();
        Assert.Equal(revision + 1, await Row<long>("revision"));
        Assert.Equal(Given.Utc(2026, 12, 2, 6), await DueAt());

        await Grid.Policy(Tenant).Publish(Given.Policy(Given.CertificateOnFile, Given.Handbook).Policy, 1);
        await Person.Refresh();
        await Person.Refresh();
        Assert.Equal(revision + 2, await Row<long>("revision"));
    }

    [Fact]
    public async Task A_flood_of_source_keys_is_refused_before_the_state_is_too_large_and_a_withdrawal_makes_room()
    {
        await PublishAsync(OrderedTest);
        await Person.Hire(Given.Driver());
        var refused = new List<ComplianceEvent>();
        for (var n = 0; n < 300; n++)
        {
            var e = Event(StreamNamespaces.Compliance, Key.ToString(), Fact(1, FactOutcome.Satisfied, Given.Monday.AddMinutes(n)) with { SourceKey = $"quest/report/{n:D36}", Item = $"item-{n % 60}" });
            try
            {
                await Person.Apply(e);
            }
            catch (GridException full) when (full.Error == GridError.TooManyFacts)
            {
                refused.Add(e);
            }
        }

        Assert.InRange(refused.Count, 200, 270);
        Assert.InRange(await Grid.ValueAsync<int>("SELECT octet_length(payload) FROM grid.grain_state WHERE grain_key = $1", Key.ToString()), 12_000, 16 * 1024);
        var bad = refused[^1] with { Data = refused[^1].Data with { Item = Given.DrugTest, Outcome = FactOutcome.Failed } };
        await Person.Apply(bad);
        Assert.Equal(ReasonCode.Failed, (await Person.Get()).Assessment.Reasons.Single().Code);

        await RefusedAsync(GridError.TooManyFacts, () => Person.Apply(refused[0]));
        for (var n = 0; n < 20; n++)
            await Person.Apply(Event(StreamNamespaces.Compliance, Key.ToString(), Fact(2, FactOutcome.Satisfied, Given.Monday) with { SourceKey = $"quest/report/{n:D36}", Retracted = true }));
        await Person.Apply(refused[0]);
    }

    [Fact]
    public async Task What_was_saved_is_there_after_a_restart()
    {
        await PublishAsync(OrderedTest, Given.Handbook);
        await Person.Hire(Given.Driver());
        await Grid.PlaceOrdersAsync(Tenant);
        await Grid.DeliverAsync(Tenant);
        await Person.Waive(new() { Requirement = "handbook", RequestedBy = "ann", ApprovedBy = "bob", Until = new(2026, 6, 1) }, 2);
        var before = await Person.Get();
        await Grid.RestartAsync();
        var after = await Person.Get();
        Assert.Equal((before.Revision, before.Assessment.Status, before.Waivers.Single()), (after.Revision, after.Assessment.Status, after.Waivers.Single()));
        Assert.Equal<IEnumerable<StatusReason>>(before.Assessment.Reasons, after.Assessment.Reasons);
        Assert.Equal("Reyes", after.Profile.FamilyName);
    }

    [Fact]
    public async Task A_taken_employee_number_is_refused_and_leaves_nothing_behind()
    {
        await PublishAsync(OrderedTest);
        await Person.Hire(Given.Driver());
        await Grid.PlaceOrdersAsync(Tenant);
        await Grid.AuditAsync(Tenant);
        var other = Grid.Employee(Key with { Employee = Guid.CreateVersion7(Grid.Clock.Now) });
        await RefusedAsync(GridError.AlreadyExists, () => other.Hire(Given.Driver()));
        await RefusedAsync(GridError.NotFound, () => other.Get());
        Assert.Empty(await Grid.PlaceOrdersAsync(Tenant));
        Assert.Empty(await Grid.AuditAsync(Tenant));
        Assert.Equal(1, (await other.Hire(Given.Driver() with { EmployeeNumber = "E2" })).Revision);
    }

    [Fact]
    public async Task Hiring_again_with_the_same_profile_changes_nothing_and_with_another_is_refused()
    {
        await PublishAsync(OrderedTest);
        await Person.Hire(Given.Driver());
        Assert.Equal(1, (await Person.Hire(Given.Driver())).Revision);
        await RefusedAsync(GridError.AlreadyExists, () => Person.Hire(Given.Driver() with { GivenName = "Dan" }));
        await RefusedAsync(GridError.Invalid, () => Grid.Employee(Key with { Employee = Guid.CreateVersion7(Grid.Clock.Now) }).Hire(Given.Driver("nowhere")));
    }

    [Fact]
    public async Task A_change_needs_the_revision_that_was_seen()
    {
        await PublishAsync();
        await Person.Hire(Given.Driver());
        await RefusedAsync(GridError.PreconditionFailed, () => Person.Update(Given.Driver() with { GivenName = "Dan" }, 7));
        var updated = await Person.Update(Given.Driver() with { GivenName = "Dan" }, 1);
        Assert.Equal((2, "Dan"), (updated.Revision, updated.Profile.GivenName));
        Assert.Equal("Dan", await Row<string>("given_name"));
        Assert.Equal([AuditAction.Create, AuditAction.StatusChanged, AuditAction.Update], (await Grid.AuditAsync(Tenant)).Where(e => e.Resource == "employees").Select(e => e.Action));
    }

    [Fact]
    public async Task Employment_ends_once_and_closes_the_record()
    {
        await PublishAsync(Given.Handbook);
        await Person.Hire(Given.Driver());
        await RefusedAsync(GridError.Invalid, () => Person.EndEmployment(new(2026, 3, 1), 1));
        var ended = await Person.EndEmployment(new(2026, 3, 20), 1);
        Assert.Equal((2, new DateOnly(2026, 3, 20), Given.Utc(2026, 3, 21, 5)), (ended.Revision, ended.Profile.EmploymentEndedOn, ended.Assessment.NextTransitionAt));
        Assert.Equal(2, (await Person.EndEmployment(new(2026, 3, 20), 1)).Revision); // a repeat carries the old revision
        await RefusedAsync(GridError.EmploymentEnded, () => Person.EndEmployment(new(2026, 3, 21), 2));
        await RefusedAsync(GridError.EmploymentEnded, () => Person.Update(Given.Driver() with { GivenName = "Dan" }, 2));
        await RefusedAsync(GridError.EmploymentEnded, () => Person.Waive(new() { Requirement = "handbook", RequestedBy = "ann", ApprovedBy = "bob", Until = new(2026, 6, 1) }, 2));
        Assert.True((await Person.GetClearance(WorkFunctions.Work, Given.Utc(2026, 3, 21, 5).AddTicks(-1))).Allowed);
        Assert.False((await Person.GetClearance(WorkFunctions.Work, Given.Utc(2026, 3, 21, 5))).Allowed);
    }

    [Fact]
    public async Task A_waiver_needs_two_people_and_a_rule_of_the_companys_own_and_can_be_withdrawn()
    {
        await PublishAsync(Given.Handbook, OrderedTest);
        await Person.Hire(Given.Driver());
        var waiver = new Waiver { Requirement = "handbook", RequestedBy = "ann", ApprovedBy = "bob", Until = new(2026, 6, 1) };
        await RefusedAsync(GridError.Invalid, () => Person.Waive(waiver with { ApprovedBy = "Ann" }, 1));
        await RefusedAsync(GridError.Invalid, () => Person.Waive(waiver with { Requirement = OrderedTest.Code }, 1));
        await RefusedAsync(GridError.Invalid, () => Person.Waive(waiver with { Requirement = "none" }, 1));
        Assert.Equal([waiver], (await Person.Waive(waiver, 1)).Waivers);
        Assert.Equal([waiver with { Until = new(2026, 7, 1) }], (await Person.Waive(waiver with { Until = new(2026, 7, 1) }, 2)).Waivers);
        Assert.Empty((await Person.Waive(waiver with { Until = null }, 3)).Waivers);
    }

    [Fact]
    public async Task A_newer_policy_is_evaluated_on_refresh_and_by_the_next_command()
    {
        await PublishAsync();
        await Person.Hire(Given.Driver());
        await Grid.Policy(Tenant).Publish(Given.Policy(Given.PreEmploymentTest).Policy, 1);
        Assert.Equal(1, await Row<int>("policy_version"));
        await Person.Refresh();
        Assert.Equal(2, await Row<int>("policy_version"));
        Assert.Equal((short)2, await Row<short>("status"));
        Assert.Equal(2, await Grid.ValueAsync<int>("SELECT policy_version FROM grid.grain_state WHERE tenant_id = $1 AND state_name = 'employee'", Tenant.Value));
    }

    [Fact]
    public async Task No_name_address_or_number_of_the_person_leaves_in_a_message()
    {
        await PublishAsync(OrderedTest);
        await Person.Hire(Given.Driver() with { GivenName = "Quirina", Email = "quirina@example.com", Phone = "+15550123" });
        var order = Assert.Single(await Grid.PlaceOrdersAsync(Tenant));
        var bodies = new StringBuilder();
        foreach (var kind in new[] { OutboxKinds.Audit, OutboxKinds.VendorRequest })
            await foreach (var (_, body, _) in Grid.TakeAsync(Tenant, kind)) bodies.Append(Encoding.UTF8.GetString(body));
        Assert.Contains(order.ToString(), bodies.ToString(), StringComparison.Ordinal);
        foreach (var personal in new[] { "Quirina", "Reyes", "quirina@", "+15550123" })
            Assert.DoesNotContain(personal, bodies.ToString(), StringComparison.Ordinal);
    }

    private static EventData Fact(long version, FactOutcome outcome, DateTimeOffset at) => new()
    {
        SourceKey = "order/1",
        SourceVersion = version,
        Item = Given.DrugTest,
        Outcome = outcome,
        ObservedAt = at,
        Dot = true,
    };

    private ComplianceEvent Result(Tenancy.OrderKey order, long version, FactOutcome outcome) => Event(StreamNamespaces.Orders, order.ToString(), new()
    {
        SourceKey = "quest/result/1",
        SourceVersion = version,
        Item = Given.DrugTest,
        Outcome = outcome,
        ObservedAt = Grid.Clock.Now,
        OrderId = order.Order,
    });

    private async Task<T?> Row<T>(string column) => column switch
    {
        "status" => await Grid.ValueAsync<T>("SELECT status FROM grid.employee WHERE tenant_id = $1", Tenant.Value),
        "revision" => await Grid.ValueAsync<T>("SELECT revision FROM grid.employee WHERE tenant_id = $1", Tenant.Value),
        "policy_version" => await Grid.ValueAsync<T>("SELECT policy_version FROM grid.employee WHERE tenant_id = $1", Tenant.Value),
        _ => await Grid.ValueAsync<T>("SELECT given_name FROM grid.employee WHERE tenant_id = $1", Tenant.Value),
    };

    private async Task<DateTimeOffset?> DueAt() =>
        await Grid.ValueAsync<DateTime?>("SELECT due_at FROM grid.grain_state WHERE tenant_id = $1 AND state_name = 'employee'", Tenant.Value);

    private static IEnumerable<EventData[]> Permutations(EventData[] items) => items.Length == 0
        ? [[]]
        : items.SelectMany((item, i) => Permutations([.. items[..i], .. items[(i + 1)..]]).Select(rest => (EventData[])[item, .. rest]));
}
