using System.Text.Json;
using Npgsql;

namespace ComplianceGrid.Cluster.Parking;

/// <summary>An event about a person, as the transport leaves one that was given up.</summary>
internal static class ParkedRow
{
    public static async Task InsertAsync(string database, Guid id, string eventId, string tenant, Guid person, CancellationToken ct)
    {
        await using var grid = NpgsqlDataSource.Create(database);
        await using var command = grid.CreateCommand(
            "INSERT INTO grid.parked_event (id, event_id, namespace, stream_key, tenant_id, body, attempts, reason) VALUES ($1, $2, 'compliance', $3, $4, $5, 5, 'GRID-1099')");
        var stream = $"{tenant}/{person}";
        var body = JsonSerializer.SerializeToUtf8Bytes(new
        {
            specversion = "1.0",
            id = eventId,
            source = "test",
            type = "orders.fact",
            time = "2026-11-02T08:00:00Z",
            subject = stream,
            gridnamespace = "compliance",
            data = new { sourceKey = "test/" + eventId, sourceVersion = 1, outcome = "pending", observedAt = "2026-11-02T08:00:00Z" },
        });
        foreach (var value in new object[] { id, eventId, stream, tenant, body }) command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(ct);
    }
}
