using System.Text.Json.Nodes;
using ComplianceGrid.Audit;
using ComplianceGrid.Events;
using ComplianceGrid.Hosting;
using ComplianceGrid.Status;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Orders;

public sealed class OrderChangeTests(TestGrid grid) : GrainTest(grid)
{
    private OrderKey OrderKey => new(Tenant, Key.Employee);

    private PlaceOrder Ordered(bool dot) => new() { Employee = Key, Vendor = "checkr", Product = "driver_pro", Item = ComplianceItems.BackgroundCheck, ServiceDays = 7, Dot = dot };

    [Fact]
    public async Task Placing_and_every_change_that_a_vendor_tells_are_entries_sealed_for_the_person()
    {
        await Grid.Order(OrderKey).Place(Ordered(dot: false));
        await Grid.Order(OrderKey).Apply(Result(1, FactOutcome.Satisfied, "complete"));
        await Grid.Order(OrderKey).Apply(Result(2, FactOutcome.Failed, "complete"));

        var entries = await Grid.AuditAsync(Tenant);
        Assert.Equal([AuditAction.Create, AuditAction.StatusChanged, AuditAction.Update, AuditAction.StatusChanged], entries.Select(entry => entry.Action));
        Assert.All(entries, entry => Assert.Equal(("orders", OrderKey.Order.ToString("D")), (entry.Resource, entry.ResourceId)));
        Assert.All(entries.Where((_, n) => n != 1), entry => Assert.Equal(Key.Employee.ToString("D"), entry.PersonId));
        Assert.Null(entries[1].Sealed); // what the act changed stands in the act's entry
        Assert.Equal("{\"eventId\":\"checkr/rep_1@1\"}", entries[2].Details);

        var (placed, passed, failed) = (await OpenAsync(entries[0]), await OpenAsync(entries[2]), await OpenAsync(entries[3]));
        Assert.Equal(("driver_pro", 0), ((string?)placed["after"]!["product"], placed["before"]!.AsObject().Count));
        Assert.Equal(["milestones/complete", "result"], passed["after"]!.AsObject().Select(member => member.Key).Order(StringComparer.Ordinal));
        Assert.Equal(("satisfied", "failed"), ((string?)failed["before"]!["result"]!["is"], (string?)failed["after"]!["result"]!["is"]));
    }

    [Fact]
    public async Task A_dot_test_under_review_is_told_to_nobody()
    {
        await Grid.Order(OrderKey).Place(Ordered(dot: true));
        await Grid.AuditAsync(Tenant);
        await Grid.Order(OrderKey).Apply(Result(1, FactOutcome.AwaitingReview, null));
        Assert.Empty(await Grid.AuditAsync(Tenant));
    }

    private async Task<JsonNode> OpenAsync(AuditEntry entry) => JsonNode.Parse((await Grid.OpenAsync(entry))!)!;

    private ComplianceEvent Result(long version, FactOutcome outcome, string? milestone) => Event(StreamNamespaces.Orders, OrderKey.ToString(), new()
    {
        SourceKey = "checkr/rep_1",
        SourceVersion = version,
        Item = ComplianceItems.BackgroundCheck,
        Outcome = outcome,
        ObservedAt = Given.Monday.AddHours(version),
        Milestone = milestone,
        Dot = outcome == FactOutcome.AwaitingReview,
    });
}
