using ComplianceGrid.Audit;
using ComplianceGrid.Events;
using ComplianceGrid.Status;
using ComplianceGrid.Storage.Events;
using ComplianceGrid.Storage.GrainState;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Orders;

/// <summary>Loads, calls the rule, saves; what it learns of the person leaves as an event in the same transaction.</summary>
[ImplicitStreamSubscription(StreamNamespaces.Orders)]
internal sealed class VendorOrderGrain(
    [PersistentState("order", GridStorage.ProviderName)] IPersistentState<OrderState> state,
    IEventLog log,
    TimeProvider clock) : StreamedGrain, IVendorOrderGrain
{
    private OrderKey Key => OrderKey.Parse(this.GetPrimaryKeyString());

    private DateTimeOffset Now => clock.GetUtcNow().ToMicroseconds();

    public async Task<OrderRecord> Place(PlaceOrder order)
    {
        if (state.State.Order is { } existing)
        {
            return existing == order
                ? Record()
                : throw new GridException(GridError.AlreadyExists, "An order with this id was placed already, with other content. Use another id.");
        }

        OrderRules.Check(Key, order);
        await SaveAsync(state.State with { Order = order, PlacedAt = Now }, AuditAction.Create);
        return Record();
    }

    public Task<OrderRecord> Get() => Task.FromResult(Record());

    public override async Task Apply(ComplianceEvent e)
    {
        using var activity = GrainTelemetry.Applying(e);
        var facts = FactBook.Apply(state.State.Facts, e.Data);
        var milestones = OrderOutcomes.Reached(state.State.Milestones, e.Data.Milestone, e.Time.ToMicroseconds());
        if (facts == state.State.Facts && milestones == state.State.Milestones)
        {
            if (e.LogPosition is { } position) await log.CloseAsync([position]); // a repeat, or older than what is known
            return;
        }

        await SaveAsync(state.State with { Facts = facts, Milestones = milestones }, act: null, e);
    }

    public Task Refresh() => state.State.Order is null ? Task.CompletedTask : SaveAsync(state.State, act: null);

    private Task SaveAsync(OrderState changed, AuditAction? act, ComplianceEvent? applied = null) =>
        state.SaveAsync(new OrderCommit(Key, Now).Of(state.State, changed, act, applied));

    private OrderRecord Record() => state.State.Order is not { } order
        ? throw new GridException(GridError.NotFound, "There is no such order in this tenant.")
        : new()
        {
            Key = Key,
            Order = order,
            PlacedAt = state.State.PlacedAt,
            Outcome = OrderOutcomes.Of(state.State.Facts, order.Dot),
            Milestones = state.State.Milestones.Sort((a, b) => a.At.CompareTo(b.At)),
            Assessment = VendorOrderEvaluator.Evaluate(order, state.State.PlacedAt, state.State.Facts, Now),
            Revision = state.State.Revision,
        };
}
