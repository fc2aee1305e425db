using System.Diagnostics;
using System.Text.Json;
using ComplianceGrid.Storage;
using ComplianceGrid.Storage.Outbox;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Audit;

/// <summary>Makes the audit entry that rides in a grain's transaction; the actor is whoever made the call, else the part of the system that did.</summary>
internal static class AuditTrace
{
    /// <param name="effect">Makes the entry's id unique among those that <paramref name="cause"/> has.</param>
    /// <param name="details">Codes, counts and statuses; no personal datum.</param>
    public static OutboxMessage Message(
        TenantId tenant, string cause, string effect, AuditAction action, string resource, Guid? id, object details, DateTimeOffset now)
    {
        var entry = new AuditEntry
        {
            Id = DerivedId.Of("audit", cause, effect),
            Timestamp = now,
            TenantId = tenant.Value,
            UserId = Context(CallContext.Actor) ?? "system:grid",
            UserRole = Context(CallContext.ActorRole) ?? "system",
            Action = action,
            Resource = resource,
            ResourceId = id?.ToString("D"),
            IpAddress = Context(CallContext.IpAddress),
            UserAgent = Context(CallContext.UserAgent),
            RequestId = Context(CallContext.RequestId) ?? Activity.Current?.TraceId.ToString(),
            Details = JsonSerializer.Serialize(details, GridJson.Options),
            Success = true,
        };
        return new(entry.Id, tenant.Value, OutboxKinds.Audit, LedgerShards.Of(tenant.Value),
            JsonSerializer.SerializeToUtf8Bytes(entry, GridJson.Options), Activity.Current?.Id);
    }

    private static string? Context(string name) => RequestContext.Get(name) as string;
}
