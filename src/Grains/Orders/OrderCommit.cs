using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ComplianceGrid.Audit;
using ComplianceGrid.Events;
using ComplianceGrid.Storage;
using ComplianceGrid.Storage.Outbox;
using ComplianceGrid.Storage.Projections;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Orders;

/// <summary>From a changed order: the state to save, with all that must be committed beside it.</summary>
internal sealed record OrderCommit(OrderKey Key, DateTimeOffset Now)
{
    public OrderState Of(OrderState before, OrderState changed, AuditAction? act, ComplianceEvent? applied)
    {
        var next = changed with { Revision = changed.Revision + 1 };
        var closed = applied?.LogPosition is { } position ? new[] { position } : [];
        if (next.Order is not { } order) return next with { Commit = new() { Applied = closed } };

        var assessment = VendorOrderEvaluator.Evaluate(order, next.PlacedAt, next.Facts, Now);
        var trace = new AuditTrace(Key.Tenant, $"order/{Key}@{next.Revision}", "orders", Key.Order, Now);
        var personal = OrderChange.Of(before, next) is { } change ? new PersonalDetail(order.Employee.Employee.ToString("D"), change) : null;
        List<OutboxMessage> outbox = [.. trace.Change(act, new { order.Vendor, order.Product }, before.Recorded, assessment, applied?.Id, personal)];
        if (before.Order is null) outbox.Add(VendorRequest(order));

        return next with
        {
            Recorded = assessment.Status,
            Commit = new()
            {
                DueAt = assessment.NextTransitionAt,
                Applied = closed,
                Outbox = outbox,
                Events = before.Order is null || OrderOutcomes.Governing(before.Facts, order.Dot) != OrderOutcomes.Governing(next.Facts, order.Dot) ? [Event(next, order)] : [],
                Projection = new OrderRow
                {
                    Tenant = Key.Tenant,
                    OrderId = Key.Order,
                    EmployeeId = order.Employee.Employee,
                    Vendor = order.Vendor,
                    Product = order.Product,
                    Item = order.Item,
                    PlacedAt = next.PlacedAt,
                    Outcome = OrderOutcomes.Of(next.Facts, order.Dot),
                    LastMilestone = next.Milestones.OrderBy(milestone => milestone.At).LastOrDefault()?.Name,
                    Status = assessment.Status,
                    Transitions = assessment.Transitions,
                    NextTransitionAt = assessment.NextTransitionAt,
                    Reasons = assessment.Reasons,
                    Revision = next.Revision,
                },
            },
        };
    }

    private OutboxMessage VendorRequest(PlaceOrder order) => new(
        DerivedId.Of("vendor-request", Key.ToString()), Key.Tenant.Value, OutboxKinds.VendorRequest, 0,
        JsonSerializer.SerializeToUtf8Bytes(new VendorRequest
        {
            Order = Key,
            Employee = order.Employee,
            Vendor = order.Vendor,
            Product = order.Product,
            Item = order.Item,
            Dot = order.Dot,
        }, GridJson.Options),
        Activity.Current?.Id);

    /// <summary>What the order now says of the person's item. Its version is the order's revision, which only grows.</summary>
    private ComplianceEvent Event(OrderState state, PlaceOrder order)
    {
        var governing = OrderOutcomes.Governing(state.Facts, order.Dot);
        return new()
        {
            Id = DerivedId.Of("order-fact", Key.ToString(), state.Revision.ToString(CultureInfo.InvariantCulture)).ToString("D"),
            Source = "orders",
            Type = EventTypes.OrderFact,
            Time = Now,
            Namespace = StreamNamespaces.Compliance,
            Key = order.Employee.ToString(),
            TraceParent = Activity.Current?.Id,
            Data = new()
            {
                SourceKey = $"order/{Key.Order:D}",
                SourceVersion = state.Revision,
                Item = order.Item,
                Outcome = governing?.Outcome ?? FactOutcome.Pending,
                ObservedAt = governing is { Stands: true } ? governing.ObservedAt : state.PlacedAt,
                EffectiveOn = governing?.EffectiveOn,
                ExpiresOn = governing?.ExpiresOn,
                ExpectedBy = state.ExpectedBy,
                OrderId = Key.Order,
                Dot = order.Dot,
            },
        };
    }
}
