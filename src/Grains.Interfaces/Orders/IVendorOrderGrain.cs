using System.Collections.Immutable;
using ComplianceGrid.Events;
using ComplianceGrid.Status;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Orders;

/// <summary>One order placed with a vendor: its milestones, its result, whether it is late. Key: <see cref="OrderKey"/>.</summary>
[Alias("IVendorOrderGrain")]
public interface IVendorOrderGrain : ITenantGrain
{
    /// <summary>Places the order; the request to the vendor leaves through the outbox. Repeating it changes nothing.</summary>
    [Alias("Place")] Task<OrderRecord> Place(PlaceOrder order);

    [Alias("Get")] Task<OrderRecord> Get();

    /// <summary>Applies one event as the stream would; the stream calls it too.</summary>
    [Alias("Apply")] Task Apply(ComplianceEvent e);

    [Alias("Refresh")] Task Refresh();
}

[GenerateSerializer, Immutable, Alias("PlaceOrder")]
public sealed record PlaceOrder
{
    [Id(0)] public required EmployeeKey Employee { get; init; }
    /// <summary><c>checkr</c>.</summary>
    [Id(1)] public required string Vendor { get; init; }
    [Id(2)] public required string Product { get; init; }
    /// <summary>The compliance item that its result satisfies.</summary>
    [Id(3)] public required string Item { get; init; }
    /// <summary>Calendar days from placing within which the vendor should answer.</summary>
    [Id(4)] public required int ServiceDays { get; init; }
    /// <summary>A DOT test (49 CFR 40): its result stays <i>pending</i> until verified.</summary>
    [Id(5)] public bool Dot { get; init; }
    /// <summary>Who may see the result in words: the requirement's.</summary>
    [Id(6)] public Audience Audience { get; init; } = Audience.Everyone;
}

[GenerateSerializer, Immutable, Alias("OrderRecord")]
public sealed record OrderRecord
{
    [Id(0)] public required OrderKey Key { get; init; }
    [Id(1)] public required PlaceOrder Order { get; init; }
    [Id(2)] public required DateTimeOffset PlacedAt { get; init; }
    [Id(3)] public required FactOutcome Outcome { get; init; }
    [Id(4)] public required ImmutableArray<OrderMilestone> Milestones { get; init; }
    [Id(5)] public required StatusAssessment Assessment { get; init; }
    [Id(6)] public required long Revision { get; init; }
}

[GenerateSerializer, Immutable, Alias("OrderMilestone")]
public sealed record OrderMilestone([property: Id(0)] string Name, [property: Id(1)] DateTimeOffset At);
