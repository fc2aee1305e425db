using ComplianceGrid.Api.Audit;
using System.Text.Json;
using ComplianceGrid.Api.Grid;
using ComplianceGrid.Audit;
using ComplianceGrid.ServiceDefaults;
using ComplianceGrid.ServiceDefaults.Database;
using ComplianceGrid.Storage.Audit.Notes;
using ComplianceGrid.Storage.Audit.Verification;
using Npgsql;

namespace ComplianceGrid.Api.Ledger.Verification;

/// <summary>
/// <c>ComplianceGrid.Api ledger export</c>: a log in a file. That it was exported is on record first, by the grid, which alone can write
/// the log: an export shows its own making.
/// </summary>
internal static class ExportCommand
{
    private const string Usage = """
        ledger export --tenant T [--epoch N] --out FILE
            Writes the tenant's log (its newest, else that epoch's) to a new file, as it stands at one instant. The grid must be running:
            the export is an entry in the log before it is made.
        """;

    private static readonly string[] Known = ["--tenant", "--epoch", "--out"];

    /// <param name="options">Configuration as on a host's command line, for a test.</param>
    /// <returns>The process' exit code: 0 done, 1 there is no such log, 2 not understood or not possible.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, params string[] options)
    {
        if (args is not ["export", .. var rest] || VerifyArguments.Parse(rest, Known) is not { Tenant: { } tenant, Out: { } path } arguments)
            return await FailAsync(error, 2, Usage);
        var builder = WebApplication.CreateBuilder(options);
        builder.AddGridDefaults("api");
        builder.AddGridClient();
        builder.Services.AddGridDataSource("Audit");
        await using var app = builder.Build();
        try
        {
            var ledger = (app.Configuration.GetSection(LedgerOptions.Section).Get<LedgerOptions>() ?? new()).Origin;
            var audit = app.Services.GetRequiredKeyedService<NpgsqlDataSource>("Audit");
            var logs = await new LedgerVerification(audit, ledger, [], TimeProvider.System).LogsAsync(tenant);
            if (logs.Where(log => arguments.Epoch is null || log.Epoch == arguments.Epoch).ToList() is not [.., var log]) return await FailAsync(error, 1, $"There is no such log of {tenant}.");
            await OperatorActs.RecordAsync(app.Services, EntryOf(log, LedgerOrigin.Of(ledger, log.Tenant, log.Epoch), app.Services.GetRequiredService<TimeProvider>().GetUtcNow()));
            var entries = await WriteAsync(new(audit, ledger), log, path);
            await output.WriteLineAsync($"{entries} entries of {LedgerOrigin.Of(ledger, log.Tenant, log.Epoch)} are in {path}");
            return 0;
        }
        catch (Exception e) when (e is GridException or OperationCanceledException or OrleansException)
        {
            return await FailAsync(error, 2, "Nothing was exported: the grid, which must put it on record first, cannot be reached.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NpgsqlException)
        {
            return await FailAsync(error, 2, e.Message);
        }
    }

    private static AuditEntry EntryOf(LogName log, string origin, DateTimeOffset now) => OperatorActs.Entry(log.Tenant, now) with
    {
        Action = AuditAction.Export,
        Resource = "audit/logs",
        ResourceId = origin,
        Details = JsonSerializer.Serialize(new { tenant = log.Tenant, epoch = log.Epoch }),
    };

    private static async Task<long> WriteAsync(LedgerExport export, LogName log, string path)
    {
        var partial = path + ".partial";
        try
        {
            long entries;
            await using (var file = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None)) entries = await export.WriteAsync(log, file);
            File.Move(partial, path, overwrite: false);
            return entries;
        }
        finally
        {
            File.Delete(partial);
        }
    }

    private static async Task<int> FailAsync(TextWriter error, int code, string message)
    {
        await error.WriteLineAsync(message);
        return code;
    }
}
