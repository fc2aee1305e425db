using Npgsql;

namespace ComplianceGrid.Storage.Inbox;

/// <summary>How a tenant's webhooks of one vendor stand.</summary>
/// <param name="OldestOpen">Receipt of the oldest one that is not done; null: none waits.</param>
public sealed record InboxFigures(long Open, long Unmatched, long Failed, DateTimeOffset? OldestOpen);

public sealed class InboxMonitor(NpgsqlDataSource dataSource)
{
    /// <summary>Only rows that are not closed are read: the cost follows the backlog, not the history.</summary>
    private const string Select = """
        SELECT count(*) FILTER (WHERE i.state = 0), count(*) FILTER (WHERE i.state = 3), count(*) FILTER (WHERE i.state = 4),
               min(i.received_at) FILTER (WHERE i.state = 0)
          FROM grid.webhook_inbox i
          JOIN grid.vendor_connection c ON c.id = i.connection_id
         WHERE i.state IN (0, 3, 4) AND c.vendor = $1 AND ($2 IS NULL OR i.tenant_id = $2)
        """;

    /// <param name="tenant">Null: all.</param>
    public async Task<InboxFigures> ReadAsync(string vendor, string? tenant, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(Select);
        command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = vendor }, new NpgsqlParameter<string?> { TypedValue = tenant, DataTypeName = "text" } });
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        return new(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.IsDBNull(3) ? null : row.GetFieldValue<DateTimeOffset>(3));
    }
}
