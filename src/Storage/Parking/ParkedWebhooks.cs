using System.Globalization;
using ComplianceGrid.Audit;
using ComplianceGrid.Storage.Inbox;
using Npgsql;
using NpgsqlTypes;

namespace ComplianceGrid.Storage.Parking;

/// <summary>
/// Webhooks that belong to no order of ours, or failed as often as they may. A replayed one is open again with all its tries; the
/// gateway's worker finds it within its poll. Needs the role <c>grid_gateway</c>.
/// </summary>
public sealed class ParkedWebhooks(NpgsqlDataSource database, TimeProvider time) : IParkedItems
{
    private const string Page = """
        SELECT i.id::text, 'webhook', i.tenant_id, c.vendor, i.event_id, i.event_type || ' ' || i.object_kind || ' ' || i.object_id,
               i.attempt, coalesce(i.error, ''), i.closed_at
          FROM grid.webhook_inbox i
          LEFT JOIN grid.vendor_connection c ON c.id = i.connection_id
         WHERE i.state IN (3, 4) AND ($1 IS NULL OR i.tenant_id = $1) AND ($2 IS NULL OR i.id > $2) AND ($3 IS NULL OR i.id = $3)
         ORDER BY i.id
         LIMIT $4
        """;

    private const string Open = """
        UPDATE grid.webhook_inbox
           SET state = 0, attempt = 0, next_attempt_at = clock_timestamp(), closed_at = NULL, error = NULL, waits_for = NULL
         WHERE id = $1 AND state IN (3, 4)
        RETURNING tenant_id, event_id
        """;

    public Task<IReadOnlyList<ParkedItem>> ListAsync(string? tenant, string? after, int max, CancellationToken ct) =>
        ParkedRows.ReadAsync<long>(database, Page, NpgsqlDbType.Bigint, tenant, after is null ? null : long.Parse(after, CultureInfo.InvariantCulture), null, max, ct);

    public async Task<ParkedItem?> FindAsync(string id, CancellationToken ct) =>
        TryParse(id, out var row) && await ParkedRows.ReadAsync<long>(database, Page, NpgsqlDbType.Bigint, null, null, row, 1, ct) is [var found] ? found : null;

    public async Task<bool> ReplayAsync(string id, string actor, CancellationToken ct)
    {
        if (!TryParse(id, out var row)) return false;
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (await OpenAsync(connection, row, ct) is not var (tenant, eventId)) return false;
        await OperatorAudit.InsertAsync(connection, tenant, actor, AuditAction.Update, "webhooks", eventId, new { change = "replayed" }, time.GetUtcNow(), ct);
        await transaction.CommitAsync(ct);
        return true;
    }

    private static bool TryParse(string id, out long row) => long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out row);

    private static async Task<(string Tenant, string EventId)?> OpenAsync(NpgsqlConnection connection, long id, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Open, connection) { Parameters = { new NpgsqlParameter<long> { TypedValue = id } } };
        await using var row = await command.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct) ? (row.GetString(0), row.GetString(1)) : null;
    }
}
