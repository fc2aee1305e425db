using System.Text.Json;
using ComplianceGrid.ServiceDefaults.Configuration;
using ComplianceGrid.Silo.Migrations;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Silo.Tests.Migrations;

public sealed class MigrateCommandTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_can_be_run_again_and_says_what_it_lacks()
    {
        await using var db = await GridDatabase.CreateAsync(Ct);
        var file = Path.GetTempFileName();
        Environment.SetEnvironmentVariable(GridConfiguration.FileVariable, file);
        try
        {
            await WriteAsync(file, new { GridOwner = db.Grid(GridRole.Owner), AuditOwner = db.Audit(GridRole.AuditOwner) });
            for (var run = 0; run < 2; run++) Assert.Equal((0, "The schema is current.\n", ""), Run());

            await WriteAsync(file, new { GridOwner = db.Grid(GridRole.Owner) });
            Assert.Equal((1, "", "ConnectionStrings:AuditOwner is not configured.\n"), Run());
        }
        finally
        {
            Environment.SetEnvironmentVariable(GridConfiguration.FileVariable, null);
            File.Delete(file);
        }
    }

    private static Task WriteAsync(string file, object connections) =>
        File.WriteAllTextAsync(file, JsonSerializer.Serialize(new { ConnectionStrings = connections }), Ct);

    private static (int Code, string Output, string Error) Run()
    {
        using StringWriter output = new(), error = new();
        return (MigrateCommand.Run(output, error), output.ToString(), error.ToString());
    }
}
