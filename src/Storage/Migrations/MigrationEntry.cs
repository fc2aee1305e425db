using System.Text.Json;
using ComplianceGrid.Audit;
using ComplianceGrid.Storage.Inbox;
using ComplianceGrid.Storage.Outbox;
using ComplianceGrid.Tenancy;
using Npgsql;

namespace ComplianceGrid.Storage.Migrations;

/// <summary>
/// The audit entry of a database's schema as it is now, in the system's log. Its id is that of the list of scripts: a run that changed
/// nothing leaves nothing, and one that was killed before it could tell is told of by the next.
/// </summary>
public static class MigrationEntry
{
    /// <param name="gridOwner">To the grid database, whose outbox takes the entry, as <c>grid_owner</c>.</param>
    /// <param name="database"><c>grid</c> or <c>audit</c>.</param>
    /// <param name="owner">To that database, as its owner.</param>
    /// <param name="actor">For example <c>operator:root</c>.</param>
    public static async Task WriteAsync(string gridOwner, string database, string owner, string actor, DateTimeOffset now, CancellationToken ct = default)
    {
        var scripts = await ScriptsAsync(database, owner, ct);
        await using var grid = NpgsqlDataSource.Create(gridOwner);
        await new AuditOutbox(grid).InsertAsync([new()
        {
            Id = DerivedId.Of("migrated", database, string.Join(',', scripts)),
            Timestamp = now,
            TenantId = TenantId.System.Value,
            UserId = actor,
            UserRole = "operator",
            Action = AuditAction.Update,
            Resource = "schemas",
            ResourceId = database,
            Details = JsonSerializer.Serialize(new { scripts }, GridJson.Options),
            Success = true,
        }], ct);
    }

    private static async Task<IReadOnlyList<string>> ScriptsAsync(string database, string owner, CancellationToken ct)
    {
        await using var source = NpgsqlDataSource.Create(owner);
        await using var command = source.CreateCommand(database == "grid"
            ? "SELECT scriptname FROM grid.schema_version ORDER BY scriptname"
            : "SELECT scriptname FROM audit.schema_version ORDER BY scriptname");
        await using var reader = await command.ExecuteReaderAsync(ct);
        List<string> scripts = [];
        while (await reader.ReadAsync(ct)) scripts.Add(reader.GetString(0));
        return scripts;
    }
}
