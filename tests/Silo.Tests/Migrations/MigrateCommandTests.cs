using System.Text.Json;
using ComplianceGrid.ServiceDefaults.Configuration;
using ComplianceGrid.Silo.Migrations;
using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Silo.Tests.Migrations;

public sealed class MigrateCommandTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_can_be_run_again_and_says_what_it_lacks()
    {
        await using var db = await GridDatabase.CreateAsync(Ct);
        var folder = Directory.CreateTempSubdirectory("migrate-");
        try
        {
            await UseAsync(folder, new { GridOwner = db.Grid(GridRole.Owner), AuditOwner = db.Audit(GridRole.AuditOwner) });
            for (var run = 0; run < 2; run++) Assert.Equal((0, "The schema is current.\n", ""), await RunAsync());

            // One entry for each database, the same one after each run.
            await using var rows = NpgsqlDataSource.Create(db.Grid(GridRole.Superuser));
            await using var entries = rows.CreateCommand("SELECT string_agg(convert_from(body, 'UTF8'), ' ' ORDER BY body) FROM grid.outbox WHERE kind = 'audit'");
            var told = (string)(await entries.ExecuteScalarAsync(Ct))!;
            foreach (var database in new[] { "audit", "grid" })
                Assert.Single(told.Split($"\"action\":\"update\",\"resource\":\"schemas\",\"resourceId\":\"{database}\"").Skip(1));
            Assert.Contains("0019_factor_reset.sql", told, StringComparison.Ordinal);

            await UseAsync(folder, new { GridOwner = db.Grid(GridRole.Owner) });
            Assert.Equal((1, "", "ConnectionStrings:AuditOwner is not configured.\n"), await RunAsync());
        }
        finally
        {
            Environment.SetEnvironmentVariable(GridConfiguration.FileVariable, null);
            folder.Delete(recursive: true);
        }
    }

    // The variable is the whole process's: hosts of other tests read what it names, and must find it whole.
    private static async Task UseAsync(DirectoryInfo folder, object connections)
    {
        var file = Path.Combine(folder.FullName, Path.GetRandomFileName());
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new { ConnectionStrings = connections }), Ct);
        Environment.SetEnvironmentVariable(GridConfiguration.FileVariable, file);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync()
    {
        using StringWriter output = new(), error = new();
        return (await MigrateCommand.RunAsync(output, error), output.ToString(), error.ToString());
    }
}
