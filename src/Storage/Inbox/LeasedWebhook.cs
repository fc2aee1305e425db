namespace ComplianceGrid.Storage.Inbox;

/// <summary>A row of the inbox that this process may work on until the lease ends.</summary>
/// <param name="Token">Fences every later write: a lease that was taken over writes nothing.</param>
/// <param name="Attempt">How often it failed before.</param>
public sealed record LeasedWebhook(
    long Id, Guid Token, WebhookId Webhook, string Tenant, string EventType, VendorObject Object, string? TraceParent,
    DateTimeOffset ReceivedAt, int Attempt);

/// <param name="AreSomeLeft">Rows that are due were left for later.</param>
public sealed record ClaimedWebhooks(IReadOnlyList<LeasedWebhook> Rows, bool AreSomeLeft);
