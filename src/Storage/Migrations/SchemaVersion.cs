using System.Collections.Immutable;
using Npgsql;

namespace ComplianceGrid.Storage.Migrations;

/// <summary>Is a database as new as this build? A host that finds it behind is not ready.</summary>
public static class SchemaVersion
{
    /// <summary>For the grid database, as any host role.</summary>
    public static async Task<bool> IsCurrentAsync(NpgsqlDataSource grid, CancellationToken ct = default) =>
        (await PendingAsync(grid, MigrationSet.Grid, ct)).IsEmpty;

    /// <summary>For the audit database, as <c>grid_audit_writer</c> or <c>grid_auditor</c>.</summary>
    public static async Task<bool> IsAuditCurrentAsync(NpgsqlDataSource audit, CancellationToken ct = default) =>
        (await PendingAsync(audit, MigrationSet.Audit, ct)).IsEmpty;

    private static async Task<ImmutableArray<string>> PendingAsync(NpgsqlDataSource source, MigrationSet set, CancellationToken ct)
    {
        string[] names = [.. set.Scripts().Select(script => script.Name)];
        if (names.Length == 0) return [];
#pragma warning disable CA2100 // A constant of MigrationSet.
        await using var command = source.CreateCommand(set.PendingSql);
#pragma warning restore CA2100
        command.Parameters.Add(new() { Value = names });
        try
        {
            var pending = ImmutableArray.CreateBuilder<string>();
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct)) pending.Add(reader.GetString(0));
            return pending.DrainToImmutable();
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedTable
            or PostgresErrorCodes.InvalidSchemaName or PostgresErrorCodes.InsufficientPrivilege)
        {
            // Never migrated: no journal yet, or one that this role may not read until the first run has ended.
            return [.. names];
        }
    }
}
