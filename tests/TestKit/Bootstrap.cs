using Npgsql;

namespace ComplianceGrid.TestKit;

/// <summary>What <c>deploy/postgres/bootstrap.sql</c> does through psql, for the test cluster.</summary>
internal sealed class Bootstrap(NpgsqlConnection connection)
{
    public const string GridConnect = "grid_silo, grid_sweeper, grid_api, grid_gateway";
    public const string AuditConnect = "grid_audit_writer, grid_auditor, grid_audit_notary";

    public async Task RunAsync(CancellationToken ct)
    {
        foreach (var role in Enum.GetValues<GridRole>().Where(role => role != GridRole.Superuser))
        {
            await ExecuteAsync(connection, $"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role.Name()}') THEN CREATE ROLE {role.Name()} LOGIN; END IF; END $$", ct);
            await ExecuteAsync(connection, $"ALTER ROLE {role.Name()} PASSWORD '{GridRoles.Password}'", ct);
        }
    }

    public static Task CreateDatabaseAsync(NpgsqlConnection connection, string name, GridRole owner, CancellationToken ct) =>
        ExecuteAsync(connection, $"CREATE DATABASE {name} OWNER {owner.Name()} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'", ct);

    public static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
#pragma warning disable CA2100 // names of databases and roles cannot be parameters; all are our own
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 }; // another process may be making the template
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(ct);
    }
}
