namespace ComplianceGrid.Storage.Outbox;

/// <summary>A message that leaves with a committed change, handed over at least once.</summary>
/// <param name="Id">Derived from cause and effect (<see cref="DerivedId"/>), so a repeat is recognised.</param>
/// <param name="Kind"><see cref="OutboxKinds"/>.</param>
/// <param name="Shard">The ledger shard for audit, 0 for the rest.</param>
/// <param name="Body">UTF-8 JSON; no personal datum.</param>
public sealed record OutboxMessage(Guid Id, string Tenant, string Kind, int Shard, byte[] Body, string? TraceParent);

public static class OutboxKinds
{
    /// <summary>An <c>AuditEntry</c> for its ledger shard.</summary>
    public const string Audit = "audit";
    /// <summary>A <c>PlaceOrder</c> for the order grain whose key is the message's id.</summary>
    public const string Order = "order";
    /// <summary>A request to the integrations gateway.</summary>
    public const string VendorRequest = "vendor-request";
}
