using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Events;

/// <summary>
/// A fact that became known, on its way to the grain that it is for. The envelope follows CloudEvents 1.0;
/// <see cref="Id"/> is derived from the cause, so a repeat is recognised. Holds no personal datum but the listed clear set.
/// </summary>
[GenerateSerializer, Immutable, Alias("ComplianceEvent")]
public sealed record ComplianceEvent
{
    [Id(0)] public required string Id { get; init; }
    /// <summary>CloudEvents source: <c>checkr/{connection}</c>, <c>orders</c>, <c>api</c>.</summary>
    [Id(1)] public required string Source { get; init; }
    /// <summary>The module and what happened, for example <c>background.report</c>: see <see cref="EventTypes"/>.</summary>
    [Id(2)] public required string Type { get; init; }
    /// <summary>When it happened, by the source's clock.</summary>
    [Id(3)] public required DateTimeOffset Time { get; init; }
    /// <summary><see cref="StreamNamespaces"/>.</summary>
    [Id(4)] public required string Namespace { get; init; }
    /// <summary>The stream's key, which is the grain's key: <c>tenant/uuid</c>.</summary>
    [Id(5)] public required string Key { get; init; }
    [Id(6)] public required EventData Data { get; init; }
    /// <summary>W3C trace context of the cause.</summary>
    [Id(7)] public string? TraceParent { get; init; }
    /// <summary>Where the event log holds it; set by the transport that delivers it, null before.</summary>
    [Id(8)] public EventLogPosition? LogPosition { get; init; }

    public TenantId Tenant => TenantKeys.TenantOf(Key);
}

/// <summary>A place in the event log: positions are dense within a queue.</summary>
[GenerateSerializer, Immutable, Alias("EventLogPosition")]
public readonly record struct EventLogPosition([property: Id(0)] int Queue, [property: Id(1)] long Position);

/// <summary>
/// What the source says of one of its objects. Convergent: a grain keeps the greatest <see cref="SourceVersion"/> per
/// <see cref="SourceKey"/>, so repeats and any order give the same state.
/// </summary>
[GenerateSerializer, Immutable, Alias("EventData")]
public sealed record EventData
{
    /// <summary>The source's object: <c>checkr/report/{id}</c>, <c>order/{id}</c>.</summary>
    [Id(0)] public required string SourceKey { get; init; }
    /// <summary>Grows with every change that the source reports of that object.</summary>
    [Id(1)] public required long SourceVersion { get; init; }
    /// <summary>The compliance item, for example <c>background-check</c> (<see cref="ComplianceItems"/>); null for an order's milestone.</summary>
    [Id(2)] public string? Item { get; init; }
    [Id(3)] public required FactOutcome Outcome { get; init; }
    /// <summary>The vendor's own word for the outcome, for the record: <c>clear</c>, <c>consider</c>, <c>eligible</c>.</summary>
    [Id(4)] public string? VendorOutcome { get; init; }
    /// <summary>Order milestone, for example <c>invitation-sent</c>, <c>report-created</c>, <c>completed</c>.</summary>
    [Id(5)] public string? Milestone { get; init; }
    /// <summary>When the outcome was established (collection, completion, examination).</summary>
    [Id(6)] public required DateTimeOffset ObservedAt { get; init; }
    [Id(7)] public DateOnly? EffectiveOn { get; init; }
    /// <summary>Last day of validity, if the source states one; else the requirement's validity counts from <see cref="EffectiveOn"/>.</summary>
    [Id(8)] public DateOnly? ExpiresOn { get; init; }
    /// <summary>When the vendor's service time ends, for a pending item.</summary>
    [Id(9)] public DateTimeOffset? ExpectedBy { get; init; }
    [Id(10)] public Guid? OrderId { get; init; }
    /// <summary>The source withdrew it: an expunged record, a cancelled test. It counts no more.</summary>
    [Id(11)] public bool Retracted { get; init; }
    /// <summary>A DOT test reads <i>result pending</i> to all but its MRO until verified (49 CFR 40.97).</summary>
    [Id(12)] public bool Dot { get; init; }
}

/// <summary>What a fact says of its item.</summary>
public enum FactOutcome
{
    /// <summary>Ordered or in progress.</summary>
    Pending = 0,
    /// <summary>Clear, negative, passed, certified.</summary>
    Satisfied = 1,
    /// <summary>A result that needs a human decision: consider, adjudication, dispute, medical review.</summary>
    AwaitingReview = 2,
    Failed = 3,
    /// <summary>Forbidden by regulation until resolved (49 CFR 382.501).</summary>
    Prohibited = 4,
    /// <summary>Cancelled without a result: as if never ordered.</summary>
    Cancelled = 5,
}

/// <summary>Streams that carry <see cref="ComplianceEvent"/>s; the stream key is the grain key.</summary>
public static class StreamNamespaces
{
    /// <summary>Provider name in both silo and client.</summary>
    public const string Provider = "grid";
    /// <summary>To <c>VendorOrderGrain</c>, key <c>tenant/order</c>.</summary>
    public const string Orders = "orders";
    /// <summary>To <c>EmployeeGrain</c>, key <c>tenant/employee</c>.</summary>
    public const string Compliance = "compliance";
}

/// <summary>Values of <see cref="ComplianceEvent.Type"/>.</summary>
public static class EventTypes
{
    public const string OrderMilestone = "orders.milestone";
    public const string OrderFact = "orders.fact";
    public const string BackgroundReport = "background.report";
    public const string DrugTestResult = "drug-testing.result";
    public const string CertificateRecorded = "training.certificate";
}

/// <summary>Well-known compliance items; a policy may name others.</summary>
public static class ComplianceItems
{
    public const string BackgroundCheck = "background-check";
    public const string PreEmploymentDrugTest = "drug-test.pre-employment";
    public const string ClearinghouseFullQuery = "clearinghouse.full-query";
    public const string MedicalCertificate = "medical-certificate";
}
