using ComplianceGrid.Events;
using ComplianceGrid.Status;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Orders;

public sealed class OrderStateTests
{
    /// <summary>What this build writes; every later one must read it.</summary>
    private const string Json = """
        {"order":{"employee":"acme/0198f7a2-0000-7000-8000-000000000001","vendor":"checkr","product":"driver_pro","item":"background-check","serviceDays":5,"dot":true,"audience":"background"},"placedAt":"2026-03-02T15:00:00+00:00","facts":[{"key":"checkr/report/r1","v":2,"is":"satisfied","item":"background-check","at":"2026-03-02T15:00:00+00:00"}],"milestones":[{"name":"invitation-sent","at":"2026-03-02T15:00:00+00:00"}],"revision":4,"recorded":"green"}
        """;

    private static readonly OrderState Written = new()
    {
        Order = new()
        {
            Employee = EmployeeKey.Parse("acme/0198f7a2-0000-7000-8000-000000000001"),
            Vendor = "checkr",
            Product = "driver_pro",
            Item = ComplianceItems.BackgroundCheck,
            ServiceDays = 5,
            Dot = true,
            Audience = Audience.Background,
        },
        PlacedAt = Given.Monday,
        Facts = [new() { SourceKey = "checkr/report/r1", SourceVersion = 2, Item = ComplianceItems.BackgroundCheck, Outcome = FactOutcome.Satisfied, ObservedAt = Given.Monday }],
        Milestones = [new("invitation-sent", Given.Monday)],
        Revision = 4,
        Recorded = ComplianceStatus.Green,
    };

    [Fact]
    public void Yesterdays_state_is_read() => Golden.IsOf(Json, Written);

    [Fact]
    public void A_state_from_before_a_member_was_there_is_read()
    {
        var read = Golden.Read<OrderState>("{}");
        Assert.Equal((null, 0, 0, 0L, null), (read.Order, read.Facts.Length, read.Milestones.Length, read.Revision, read.Recorded));
    }
}
