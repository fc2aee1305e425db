using System.Globalization;
using System.Text.Json;
using ComplianceGrid.Audit;
using Npgsql;

namespace ComplianceGrid.Storage.Inbox;

/// <summary>Entries of what an operator does by a host's verb.</summary>
internal static class OperatorAudit
{
    /// <summary>An entry of an act, in the act's own transaction; with an error, of one that was refused.</summary>
    /// <param name="actor">For example <c>operator:root</c>.</param>
    /// <param name="details">Codes, counts and addresses; nothing secret or personal.</param>
    public static async Task InsertAsync(NpgsqlConnection connection, string tenant, string actor, AuditAction action, string resource, string resourceId,
        object details, DateTimeOffset now, CancellationToken ct, GridError? error = null)
    {
        await using var batch = new NpgsqlBatch(connection);
        AuditOutbox.AddInsert(batch, [(new AuditEntry
        {
            Id = Guid.CreateVersion7(now),
            Timestamp = now,
            TenantId = tenant,
            UserId = actor,
            UserRole = "operator",
            Action = action,
            Resource = resource,
            ResourceId = resourceId,
            Details = JsonSerializer.Serialize(details, GridJson.Options),
            Success = error is null,
            ErrorCode = error is { } code ? string.Create(CultureInfo.InvariantCulture, $"GRID-{(int)code:0000}") : null,
        }, null)]);
        await batch.ExecuteNonQueryAsync(ct);
    }
}
