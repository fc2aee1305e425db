using System.Globalization;
using ComplianceGrid.ServiceDefaults;
using ComplianceGrid.ServiceDefaults.Database;
using ComplianceGrid.Storage.Audit.Notes;
using ComplianceGrid.Tenancy;
using Microsoft.Extensions.Options;
using Npgsql;

namespace ComplianceGrid.Silo.Ledger.Epochs;

/// <summary><c>ComplianceGrid.Silo ledger</c>: lets a tenant's log that refuses go on as a new one. It joins no cluster.</summary>
internal static class LedgerCommand
{
    private const string Usage = """
        ledger new-epoch --tenant T [--checkpoint FILE]
            Opens the next log of a tenant whose log is shorter than it was published, or another one, and binds it to the last checkpoint
            that was published: the newest of the archive's, the database's and FILE. Refuses when the log is whole.
        """;

    private static string Actor => "operator:" + Environment.UserName;

    /// <param name="options">Configuration as on a host's command line, for a test.</param>
    /// <returns>The process' exit code: 0 opened, 1 not opened, 2 not understood.</returns>
    public static Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, params string[] options) => args switch
    {
        ["new-epoch", "--tenant", var tenant] when TenantId.IsValid(tenant) => OpenAsync(tenant, null, output, error, options),
        ["new-epoch", "--tenant", var tenant, "--checkpoint", var file] when TenantId.IsValid(tenant) => OpenAsync(tenant, file, output, error, options),
        _ => FailAsync(error, 2, Usage),
    };

    private static async Task<int> OpenAsync(string tenant, string? file, TextWriter output, TextWriter error, string[] options)
    {
        var builder = WebApplication.CreateBuilder(options);
        builder.AddGridDefaults("silo");
        builder.Services.AddGridDataSource("Audit");
        builder.AddLedger();
        await using var app = builder.Build();
        try
        {
            var shown = file is null ? null : SignedNote.Parse(await File.ReadAllBytesAsync(file));
            return await app.Services.GetRequiredService<NewEpoch>().OpenAsync(tenant, shown, Actor, default) switch
            {
                NewEpochOutcome.Opened opened => await DoneAsync(output, opened),
                NewEpochOutcome.NotOpened not => await FailAsync(error, 1, not.Why),
                var other => throw new InvalidOperationException(other.ToString()),
            };
        }
        catch (Exception e) when (e is NoteException or IOException or UnauthorizedAccessException or NpgsqlException or OptionsValidationException)
        {
            return await FailAsync(error, 1, e.Message);
        }
    }

    private static async Task<int> DoneAsync(TextWriter output, NewEpochOutcome.Opened opened)
    {
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"""
            opened  {opened.Origin}
            bound   epoch {opened.Bound.Epoch}, {opened.Bound.Size} entries, root {opened.Bound.Root}
            because {opened.Reason}
            """));
        return 0;
    }

    private static async Task<int> FailAsync(TextWriter error, int code, string message)
    {
        await error.WriteLineAsync(message);
        return code;
    }
}
