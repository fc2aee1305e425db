using ComplianceGrid.Audit;

namespace ComplianceGrid.Storage.Inbox;

/// <summary>One verified webhook on its way into the inbox.</summary>
/// <param name="Id">What the vendor calls this event; unique within the connection.</param>
/// <param name="BodyHash">SHA-256 of the raw body: tells a repeat from another body under the same id.</param>
/// <param name="Payload">The raw body, sealed.</param>
/// <param name="IgnoredBecause">Set when the event needs no work: it is stored as ignored.</param>
/// <param name="Audit">The entry for this delivery, given what became of it.</param>
public sealed record WebhookDelivery(
    WebhookId Id, string Tenant, string EventType, VendorObject Object, byte[] BodyHash, byte[] Payload, string? TraceParent,
    DateTimeOffset ReceivedAt, string? IgnoredBecause, Func<DeliveryOutcome, AuditEntry> Audit);

/// <summary>The inbox's unique key.</summary>
public readonly record struct WebhookId(string Connection, string Event);

/// <summary>An object at the vendor: <c>report</c>, <c>invitation</c>, <c>candidate</c> and its id there.</summary>
public readonly record struct VendorObject(string Kind, string Id);

/// <param name="Leased">The stored row, when this process may work on it at once.</param>
public readonly record struct Delivered(DeliveryOutcome Outcome, LeasedWebhook? Leased = null);

/// <summary>What became of a delivery. All three are durable, and the vendor is told the same of each.</summary>
public enum DeliveryOutcome
{
    Stored,
    /// <summary>The same event with the same body was there.</summary>
    Duplicate,
    /// <summary>
    /// The same event id was there with another body. Both are kept; only the first is worked on, and since work means
    /// reading the object at the vendor, no state is lost by that.
    /// </summary>
    Conflict,
}
