using Npgsql;

namespace ComplianceGrid.Storage.Migrations;

/// <summary>
/// Brings a database to this build's schema: the embedded scripts in order, each in its own transaction, under an advisory
/// lock, so that concurrent runs wait for each other. Run by <c>grid migrate</c> alone; no host that stays has the privileges.
/// </summary>
public static class GridMigrations
{
    /// <summary>Migrates the grid database.</summary>
    /// <param name="ownerConnectionString">As <c>grid_owner</c>.</param>
    /// <param name="applied">Told the name of each script once it is committed.</param>
    /// <returns>How many scripts were applied; 0: the schema was current.</returns>
    /// <exception cref="MigrationException">A script failed.</exception>
    /// <exception cref="NpgsqlException">The database cannot be reached, or another run held the lock for too long.</exception>
    public static int Run(string ownerConnectionString, Action<string>? applied = null) =>
        new Migrator(MigrationSet.Grid, ownerConnectionString, applied).Run();

    /// <summary>Migrates the audit database, as <c>grid_audit_owner</c>; else like <see cref="Run"/>.</summary>
    public static int RunAudit(string ownerConnectionString, Action<string>? applied = null) =>
        new Migrator(MigrationSet.Audit, ownerConnectionString, applied).Run();
}
