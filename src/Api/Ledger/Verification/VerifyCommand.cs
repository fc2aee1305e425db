using System.Collections.Immutable;
using ComplianceGrid.ServiceDefaults;
using ComplianceGrid.ServiceDefaults.Database;
using ComplianceGrid.Storage.Audit.Notes;
using ComplianceGrid.Storage.Audit.Verification;
using Npgsql;

namespace ComplianceGrid.Api.Ledger.Verification;

/// <summary><c>ComplianceGrid.Api verify</c>: holds logs to their rows, or an export to itself. It joins no cluster and serves nobody.</summary>
internal static class VerifyCommand
{
    private const string Usage = """
        verify [--tenant T [--epoch N]] [--checkpoint FILE] [--key FILE]
        verify --export FILE [--checkpoint FILE] [--key FILE]
            Recomputes every log (or that tenant's, or an export's, without any database) from its entries and names the first row that
            does not fit. --checkpoint holds the log that it names to a checkpoint that was kept elsewhere; --key has the verifier keys
            that are good (name+id+key, one a line), else the configured ones are.
        """;

    private static readonly string[] Known = ["--tenant", "--epoch", "--export", "--checkpoint", "--key"];

    /// <param name="options">Configuration as on a host's command line, for a test.</param>
    /// <returns>The process' exit code: 0 all fits, 1 something does not, 2 not understood or not possible.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, params string[] options)
    {
        if (VerifyArguments.Parse(args, Known) is not { } arguments || arguments is { Export: not null, Tenant: not null } or { Epoch: not null, Tenant: null })
            return await FailAsync(error, Usage);
        var builder = WebApplication.CreateBuilder(options);
        builder.AddGridDefaults("api");
        builder.Services.AddGridDataSource("Audit");
        await using var app = builder.Build();
        try
        {
            var ledger = app.Configuration.GetSection(LedgerOptions.Section).Get<LedgerOptions>() ?? new();
            var keys = LedgerTrust.Keys(ledger, arguments.Key);
            var shown = LedgerTrust.Shown(arguments.Checkpoint, keys);
            var report = new VerifyReport(output, error, app.Services.GetRequiredService<TimeProvider>());
            return arguments.Export is { } file
                ? await ExportAsync(file, keys, shown, report)
                : await StoredAsync(app.Services.GetRequiredKeyedService<NpgsqlDataSource>("Audit"), ledger.Origin, keys, arguments, shown, report);
        }
        catch (Exception e) when (e is NoteException or FormatException or IOException or UnauthorizedAccessException or NpgsqlException or InvalidOperationException)
        {
            return await FailAsync(error, e.Message);
        }
    }

    private static async Task<int> ExportAsync(string file, ImmutableArray<VerifierKey> keys, Checkpoint? shown, VerifyReport report)
    {
        await using var export = File.OpenRead(file);
        return await report.WriteAsync(await new ExportVerification(keys, TimeProvider.System).VerifyAsync(export, shown, report.Progress(file))) ? 0 : 1;
    }

    private static async Task<int> StoredAsync(
        NpgsqlDataSource audit, string ledger, ImmutableArray<VerifierKey> keys, VerifyArguments arguments, Checkpoint? shown, VerifyReport report)
    {
        var verification = new LedgerVerification(audit, ledger, keys, TimeProvider.System);
        var (tenant, epoch) = (arguments.Tenant, arguments.Epoch);
        LogName? held = null;
        if (shown is not null)
        {
            if (LedgerOrigin.TryParse(ledger, shown.Origin) is not { } log || (tenant ?? log.Tenant) != log.Tenant || (epoch ?? log.Epoch) != log.Epoch)
                throw new NoteException($"The checkpoint is of the log {shown.Origin}, which is not among those to verify.");
            (tenant, held) = (log.Tenant, new(log.Tenant, log.Epoch));
        }

        var logs = (await verification.LogsAsync(tenant)).Where(log => epoch is null || log.Epoch == epoch).ToList();
        if (held is { } named && !logs.Contains(named)) logs.Add(named); // nothing is left of it
        if (logs.Count == 0) return await report.NothingAsync(tenant) ? 0 : 1;
        var fits = true;
        foreach (var log in logs)
            fits &= await report.WriteAsync(await verification.VerifyAsync(log, log == held ? shown : null, report.Progress(LedgerOrigin.Of(ledger, log.Tenant, log.Epoch))));
        return fits ? 0 : 1;
    }

    private static async Task<int> FailAsync(TextWriter error, string message)
    {
        await error.WriteLineAsync(message);
        return 2;
    }
}
