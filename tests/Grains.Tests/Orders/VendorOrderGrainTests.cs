using System.Text.Json;
using ComplianceGrid.Events;
using ComplianceGrid.Hosting;
using ComplianceGrid.Status;
using ComplianceGrid.Storage;
using ComplianceGrid.Storage.Outbox;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Orders;

public sealed class VendorOrderGrainTests(TestGrid grid) : GrainTest(grid)
{
    private OrderKey OrderKey => new(Tenant, Key.Employee);
    private IVendorOrderGrain Order => Grid.Order(OrderKey);
    private PlaceOrder Ordered => new()
    {
        Employee = Key,
        Vendor = "checkr",
        Product = "driver_pro",
        Item = ComplianceItems.BackgroundCheck,
        ServiceDays = 7,
        Audience = Audience.Background,
    };

    [Fact]
    public async Task Placing_tells_vendor_and_employee_once()
    {
        var placed = await Order.Place(Ordered);
        Assert.Equal((1, FactOutcome.Pending, ComplianceStatus.Green, Given.Monday.AddDays(7)),
            (placed.Revision, placed.Outcome, placed.Assessment.Status, placed.Assessment.NextTransitionAt));
        Assert.Equal(1, (await Order.Place(Ordered)).Revision);
        await RefusedAsync(GridError.AlreadyExists, () => Order.Place(Ordered with { Product = "other" }));

        var told = Assert.Single(await Grid.OpenEventsAsync(Tenant));
        Assert.Equal((Key.ToString(), $"order/{OrderKey.Order}", 1L, FactOutcome.Pending, Given.Monday.AddDays(7)),
            (told.Key, told.Data.SourceKey, told.Data.SourceVersion, told.Data.Outcome, told.Data.ExpectedBy!.Value));
        var requests = new List<VendorRequest>();
        await foreach (var (_, body, _) in Grid.TakeAsync(Tenant, OutboxKinds.VendorRequest)) requests.Add(JsonSerializer.Deserialize<VendorRequest>(body, GridJson.Options)!);
        Assert.Equal([new() { Order = OrderKey, Employee = Key, Vendor = "checkr", Product = "driver_pro", Item = ComplianceItems.BackgroundCheck }], requests);
    }

    [Fact]
    public async Task A_milestone_is_recorded_and_does_not_trouble_the_employee()
    {
        await Order.Place(Ordered);
        var placed = Assert.Single(await Grid.OpenEventsAsync(Tenant));
        await Order.Apply(Milestone("invitation-sent", 1, Given.Monday.AddHours(2)));
        await Order.Apply(Milestone("invitation-completed", 2, Given.Monday.AddHours(1)));
        Assert.Equal(["invitation-completed", "invitation-sent"], (await Order.Get()).Milestones.Select(m => m.Name));
        Assert.Equal(placed.Id, Assert.Single(await Grid.OpenEventsAsync(Tenant)).Id);
        Assert.Equal("invitation-sent", await Grid.ValueAsync<string>("SELECT last_milestone FROM grid.vendor_order WHERE tenant_id = $1", Tenant.Value));
    }

    [Fact]
    public async Task Without_answer_it_is_late_after_the_service_time_though_nothing_swept()
    {
        await Order.Place(Ordered);
        Grid.Clock.Now = Given.Monday.AddDays(7);
        var late = await Order.Get();
        Assert.Equal((ComplianceStatus.Amber, ReasonCode.VendorLate, Audience.Background),
            (late.Assessment.Status, late.Assessment.Reasons.Single().Code, late.Assessment.Reasons.Single().Audience));
        await Order.Refresh();
        Assert.Equal((short)1, await Grid.ValueAsync<short>("SELECT status FROM grid.vendor_order WHERE tenant_id = $1", Tenant.Value));
    }

    [Fact]
    public async Task A_withdrawn_result_is_told_as_cancelled_and_a_newer_one_as_itself()
    {
        await Order.Place(Ordered);
        await Order.Apply(Report(1, FactOutcome.Satisfied));
        await Order.Apply(Report(2, FactOutcome.Satisfied, retracted: true));
        await Order.Apply(Report(1, FactOutcome.Satisfied)); // a late repeat
        Assert.Equal(FactOutcome.Cancelled, (await Order.Get()).Outcome);
        await Order.Apply(Report(3, FactOutcome.Failed));
        Assert.Equal((FactOutcome.Failed, ComplianceStatus.Red), ((await Order.Get()).Outcome, (await Order.Get()).Assessment.Status));
        var told = (await Grid.OpenEventsAsync(Tenant)).OrderBy(e => e.Data.SourceVersion).ToList();
        Assert.Equal([FactOutcome.Pending, FactOutcome.Satisfied, FactOutcome.Cancelled, FactOutcome.Failed], told.Select(e => e.Data.Outcome));
        Assert.Equal(told.Count, told.Select(e => e.Id).Distinct().Count());
    }

    [Fact]
    public async Task A_result_before_the_order_counts_once_it_is_placed()
    {
        await Order.Apply(Report(1, FactOutcome.Satisfied));
        await RefusedAsync(GridError.NotFound, () => Order.Get());
        Assert.Equal(FactOutcome.Satisfied, (await Order.Place(Ordered)).Outcome);
        Assert.Equal(FactOutcome.Satisfied, Assert.Single(await Grid.OpenEventsAsync(Tenant)).Data.Outcome);
    }

    [Fact]
    public async Task A_DOT_result_under_review_shows_nowhere()
    {
        await Order.Place(Ordered with { Dot = true });
        var placed = Assert.Single(await Grid.OpenEventsAsync(Tenant));
        await Order.Apply(Report(1, FactOutcome.AwaitingReview));
        var order = await Order.Get();
        Assert.Equal((FactOutcome.Pending, ComplianceStatus.Green), (order.Outcome, order.Assessment.Status));
        Assert.Equal((short)FactOutcome.Pending, await Grid.ValueAsync<short>("SELECT outcome FROM grid.vendor_order WHERE tenant_id = $1", Tenant.Value));
        Assert.Equal(placed.Id, Assert.Single(await Grid.OpenEventsAsync(Tenant)).Id);
    }

    [Fact]
    public async Task An_order_for_another_tenants_employee_or_without_content_is_refused()
    {
        await RefusedAsync(GridError.OtherTenant, () => Order.Place(Ordered with { Employee = Key with { Tenant = new("other") } }));
        await RefusedAsync(GridError.Invalid, () => Order.Place(Ordered with { Vendor = " " }));
        await RefusedAsync(GridError.Invalid, () => Order.Place(Ordered with { ServiceDays = 0 }));
        await RefusedAsync(GridError.NotFound, () => Order.Get());
    }

    private ComplianceEvent Milestone(string name, long version, DateTimeOffset at) => Event(StreamNamespaces.Orders, OrderKey.ToString(), new()
    {
        SourceKey = "checkr/invitation/1",
        SourceVersion = version,
        Outcome = FactOutcome.Pending,
        Milestone = name,
        ObservedAt = at,
    });

    private ComplianceEvent Report(long version, FactOutcome outcome, bool retracted = false) => Event(StreamNamespaces.Orders, OrderKey.ToString(), new()
    {
        SourceKey = "checkr/report/1",
        SourceVersion = version,
        Item = ComplianceItems.BackgroundCheck,
        Outcome = outcome,
        ObservedAt = Grid.Clock.Now,
        Retracted = retracted,
    });
}
