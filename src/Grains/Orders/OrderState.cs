using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ComplianceGrid.Status;
using ComplianceGrid.Storage.GrainState;

namespace ComplianceGrid.Orders;

/// <summary>An order, and what the vendor has said of its objects.</summary>
public sealed record OrderState : StoredState
{
    /// <summary>Null: not placed here (yet); what the vendor said is kept all the same.</summary>
    public PlaceOrder? Order { get; init; }
    public DateTimeOffset PlacedAt { get; init; }
    /// <summary>By the vendor's object: invitation, report.</summary>
    public ImmutableArray<Fact> Facts { get; init; } = [];
    /// <summary>By name, in its order.</summary>
    public ImmutableArray<OrderMilestone> Milestones { get; init; } = [];
    public long Revision { get; init; }
    public ComplianceStatus? Recorded { get; init; }

    [JsonIgnore] public DateTimeOffset? ExpectedBy => Order is null ? null : PlacedAt.AddDays(Order.ServiceDays);
}
