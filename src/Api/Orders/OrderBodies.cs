using System.Collections.Immutable;
using System.ComponentModel;
using ComplianceGrid.Api.Http;
using ComplianceGrid.Events;
using ComplianceGrid.Status;

namespace ComplianceGrid.Api.Orders;

internal sealed record OrderBody
{
    [Description("A UUID of the caller's making; absent: derived from the Idempotency-Key, else a new UUIDv7.")]
    public Guid? Id { get; init; }
    public required Guid EmployeeId { get; init; }
    [Description("checkr.")]
    public required string Vendor { get; init; }
    [Description("The vendor's package or panel, for example driver_pro.")]
    public required string Product { get; init; }
    [Description("The compliance item that the result satisfies, for example background-check.")]
    public required string Item { get; init; }
    [Description("Calendar days within which the vendor should answer: 1 to 365; absent: 7.")]
    public int? ServiceDays { get; init; }
    [Description("A DOT test (49 CFR 40): its result stays pending until verified.")]
    public bool Dot { get; init; }
}

internal record OrderItem
{
    public required Guid Id { get; init; }
    public required Guid EmployeeId { get; init; }
    public required string Vendor { get; init; }
    [Description("Absent, like item, outcome and milestones, for callers outside the item's audience.")]
    public string? Product { get; init; }
    public string? Item { get; init; }
    public required DateTimeOffset PlacedAt { get; init; }
    public FactOutcome? Outcome { get; init; }
    public string? LastMilestone { get; init; }
    public required ComplianceStatus Status { get; init; }
    [Description("Absent for the short while after a moment at which time alone changed them.")]
    public ImmutableArray<ReasonAnswer>? Reasons { get; init; }
    public required long Revision { get; init; }
}

internal sealed record OrderAnswer : OrderItem
{
    public int? ServiceDays { get; init; }
    [Description("Earliest first.")]
    public ImmutableArray<MilestoneAnswer>? Milestones { get; init; }
}

internal sealed record MilestoneAnswer(string Name, DateTimeOffset At);
