using ComplianceGrid.Audit;
using ComplianceGrid.Storage.Inbox;
using Npgsql;

namespace ComplianceGrid.Storage.Parking;

internal static class ReplayAudit
{
    /// <summary>The entry of a replay, in the replay's own transaction.</summary>
    public static Task InsertAsync(
        NpgsqlConnection connection, string tenant, string resource, string eventId, string actor, DateTimeOffset now, CancellationToken ct) =>
        AuditOutbox.InsertAsync(connection, [(new AuditEntry
        {
            Id = Guid.CreateVersion7(now),
            Timestamp = now,
            TenantId = tenant,
            UserId = actor,
            UserRole = "operator",
            Action = AuditAction.Update,
            Resource = resource,
            ResourceId = eventId,
            Details = """{"change":"replayed"}""",
            Success = true,
        }, null)], ct);
}
