using System.Collections.Immutable;
using System.Reflection;
using System.Text;
using DbUp.Engine;

namespace ComplianceGrid.Storage.Migrations;

/// <summary>The scripts of one database and where the journal of those applied is kept.</summary>
internal sealed record MigrationSet(string Folder, string Schema, long LockId, string PrepareSql, string JournalSql, string PendingSql)
{
    public const string JournalTable = "schema_version";

    public static readonly MigrationSet Grid = new("Grid", "grid", 0x67726964_00000001,
        """
        CREATE SCHEMA IF NOT EXISTS grid;
        """,
        """
        GRANT USAGE ON SCHEMA grid TO grid_silo, grid_sweeper, grid_api, grid_gateway;
        GRANT SELECT ON grid.schema_version TO grid_silo, grid_sweeper, grid_api, grid_gateway;
        """,
        """
        SELECT s FROM unnest($1) AS s WHERE NOT EXISTS (SELECT FROM grid.schema_version v WHERE v.scriptname = s) ORDER BY s
        """);

    public static readonly MigrationSet Audit = new("Audit", "audit", 0x67726964_00000002,
        """
        CREATE SCHEMA IF NOT EXISTS audit;
        """,
        """
        GRANT USAGE ON SCHEMA audit TO grid_audit_writer, grid_auditor, grid_audit_notary;
        GRANT SELECT ON audit.schema_version TO grid_audit_writer, grid_auditor, grid_audit_notary;
        """,
        """
        SELECT s FROM unnest($1) AS s WHERE NOT EXISTS (SELECT FROM audit.schema_version v WHERE v.scriptname = s) ORDER BY s
        """);

    /// <summary>In the order in which they apply; names as in the journal, <c>0001_schemas.sql</c>.</summary>
    public ImmutableArray<SqlScript> Scripts()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var prefix = $"ComplianceGrid.Storage.Migrations.{Folder}.";
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => new SqlScript(name[prefix.Length..], Read(assembly, name)))];
    }

    private static string Read(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
