using System.Security.Cryptography;
using ComplianceGrid.Storage.Migrations;
using Npgsql;

namespace ComplianceGrid.TestKit;

/// <summary>
/// A fresh pair of migrated databases (grid and audit), cloned from a template that is made once per set of migrations and month.
/// Dropped on disposal.
/// </summary>
public sealed class GridDatabase : IAsyncDisposable
{
    private readonly string _superuser;
    private readonly string _name;

    private GridDatabase(string superuser, string name) => (_superuser, _name) = (superuser, name);

    /// <summary>Connection string to the grid database as a role.</summary>
    public string Grid(GridRole role) => As(role, _name);

    /// <summary>Connection string to the audit database as a role.</summary>
    public string Audit(GridRole role) => As(role, _name + "_audit");

    public static async Task<GridDatabase> CreateAsync(CancellationToken ct)
    {
        var superuser = await PostgresServer.SuperuserAsync();
        await using var connection = new NpgsqlConnection(superuser);
        await connection.OpenAsync(ct);
        var template = await TemplateAsync(connection, superuser, ct);
        var name = $"test_{Environment.ProcessId}_{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(5))}";
        await CloneAsync(connection, name, template, ct);
        await CloneAsync(connection, name + "_audit", template + "_audit", ct);
        return new GridDatabase(superuser, name);
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await using var connection = new NpgsqlConnection(_superuser);
        await connection.OpenAsync();
        foreach (var database in new[] { _name, _name + "_audit" })
            await ExecuteAsync(connection, $"DROP DATABASE IF EXISTS {database} WITH (FORCE)", default);
    }

    private string As(GridRole role, string database)
    {
        var builder = new NpgsqlConnectionStringBuilder(_superuser) { Database = database };
        if (role != GridRole.Superuser) (builder.Username, builder.Password) = (role.Name(), GridRoles.Password);
        return builder.ConnectionString;
    }

    private static async Task<string> TemplateAsync(NpgsqlConnection connection, string superuser, CancellationToken ct)
    {
        var template = $"template_{MigrationsHash()}_{TimeProvider.System.GetUtcNow():yyyyMM}"; // migrations make partitions from this month on
        await ExecuteAsync(connection, "SELECT pg_advisory_lock(4711)", ct); // test processes may start together
        try
        {
            if (!await ExistsAsync(connection, template + "_audit", ct)) await MakeTemplateAsync(connection, superuser, template, ct);
        }
        finally
        {
            await ExecuteAsync(connection, "SELECT pg_advisory_unlock(4711)", default);
        }

        return template;
    }

    private static async Task MakeTemplateAsync(NpgsqlConnection connection, string superuser, string template, CancellationToken ct)
    {
        await new Bootstrap(connection).RunAsync(ct);
        await ExecuteAsync(connection, $"DROP DATABASE IF EXISTS {template} WITH (FORCE)", ct);
        await Bootstrap.CreateDatabaseAsync(connection, template, GridRole.Owner, ct);
        var half = template + "_audit_making";
        await ExecuteAsync(connection, $"DROP DATABASE IF EXISTS {half} WITH (FORCE)", ct);
        await Bootstrap.CreateDatabaseAsync(connection, half, GridRole.AuditOwner, ct);

        var databases = new GridDatabase(superuser, template);
        GridMigrations.Run(databases.Grid(GridRole.Owner));
        GridMigrations.RunAudit(databases.As(GridRole.AuditOwner, half));
        NpgsqlConnection.ClearAllPools();
        // Renamed last: a template with this name is a whole one.
        await ExecuteAsync(connection, $"ALTER DATABASE {half} RENAME TO {template}_audit", ct);
    }

    private static async Task CloneAsync(NpgsqlConnection connection, string name, string template, CancellationToken ct)
    {
        var (owner, roles) = template.EndsWith("_audit", StringComparison.Ordinal)
            ? (GridRole.AuditOwner, Bootstrap.AuditConnect)
            : (GridRole.Owner, Bootstrap.GridConnect);
        await ExecuteAsync(connection, $"CREATE DATABASE {name} TEMPLATE {template} OWNER {owner.Name()}", ct);
        await ExecuteAsync(connection, $"REVOKE ALL ON DATABASE {name} FROM PUBLIC; GRANT CONNECT ON DATABASE {name} TO {roles}", ct);
    }

    private static string MigrationsHash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var assembly = typeof(GridMigrations).Assembly;
        foreach (var resource in assembly.GetManifestResourceNames().Order(StringComparer.Ordinal))
        {
            using var stream = assembly.GetManifestResourceStream(resource)!;
            hash.AppendData(SHA256.HashData(stream));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    private static async Task<bool> ExistsAsync(NpgsqlConnection connection, string database, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", connection) { Parameters = { new() { Value = database } } };
        return await command.ExecuteScalarAsync(ct) is not null;
    }

    private static Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken ct) => Bootstrap.ExecuteAsync(connection, sql, ct);
}
