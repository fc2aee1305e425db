namespace ComplianceGrid.Storage.Outbox;

/// <summary>A message that leaves with a committed change, handed over at least once.</summary>
/// <param name="Id">Derived from cause and effect (<see cref="DerivedId"/>), so a repeat is recognised.</param>
/// <param name="Kind"><see cref="OutboxKinds"/>.</param>
/// <param name="Shard">The ledger shard for audit, 0 for the rest.</param>
/// <param name="Body">UTF-8 JSON; no personal datum.</param>
public sealed record OutboxMessage(Guid Id, string Tenant, string Kind, int Shard, byte[] Body, string? TraceParent)
{
    /// <summary>In clear in memory alone: the grain storage seals it before it writes the message.</summary>
    public PersonalDetail? Personal { get; init; }

    /// <summary>The personal detail as the audit entry takes it, sealed for the entry whose id is the message's.</summary>
    public byte[]? Sealed { get; init; }
}

/// <param name="Person">Whose key seals it.</param>
/// <param name="Json">JSON object.</param>
public sealed record PersonalDetail(string Person, string Json);

public static class OutboxKinds
{
    /// <summary>An <c>AuditEntry</c> for its ledger shard.</summary>
    public const string Audit = "audit";
    /// <summary>A <c>PlaceOrder</c> for the order grain whose key is the message's id.</summary>
    public const string Order = "order";
    /// <summary>A request to the integrations gateway.</summary>
    public const string VendorRequest = "vendor-request";
}
