using ComplianceGrid.ServiceDefaults.Configuration;
using ComplianceGrid.Storage.Migrations;
using Npgsql;

namespace ComplianceGrid.Silo.Migrations;

/// <summary>
/// <c>ComplianceGrid.Silo migrate</c>: a job, not a process that stays. It alone is given the owners' connection strings
/// (<c>ConnectionStrings:GridOwner</c>, <c>ConnectionStrings:AuditOwner</c>).
/// </summary>
internal static class MigrateCommand
{
    public static async Task<int> RunAsync(TextWriter output, TextWriter error)
    {
        var builder = new ConfigurationBuilder().AddEnvironmentVariables();
        builder.AddGridConfigFile(Environment.GetEnvironmentVariable(GridConfiguration.FileVariable));
        var configuration = builder.Build();
        try
        {
            var (grid, audit) = (Owner("GridOwner"), Owner("AuditOwner"));
            var applied = GridMigrations.Run(grid, Report("grid")) + GridMigrations.RunAudit(audit, Report("audit"));
            var (actor, now) = ("operator:" + Environment.UserName, TimeProvider.System.GetUtcNow());
            await MigrationEntry.WriteAsync(grid, "grid", grid, actor, now);
            await MigrationEntry.WriteAsync(grid, "audit", audit, actor, now);
            await output.WriteLineAsync(applied == 0 ? "The schema is current." : $"{applied} migrations applied.");
            return 0;
        }
        catch (Exception failed) when (failed is MigrationException or NpgsqlException or InvalidOperationException)
        {
            await error.WriteLineAsync(failed.Message);
            return 1;
        }

        string Owner(string name) => configuration.GetConnectionString(name)
            ?? throw new InvalidOperationException($"ConnectionStrings:{name} is not configured.");

        Action<string> Report(string database) => script => output.WriteLine($"{database}: {script}");
    }
}
