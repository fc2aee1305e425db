using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using ComplianceGrid.Api.Audit;
using ComplianceGrid.Api.Http;
using ComplianceGrid.Api.Identity.Mail;
using ComplianceGrid.Api.Identity.Passwords;
using ComplianceGrid.Api.Identity.SignIn;
using ComplianceGrid.Audit;
using ComplianceGrid.Identity;
using ComplianceGrid.Storage.Identity;
using ComplianceGrid.Tenancy;
using Npgsql;

namespace ComplianceGrid.Api.Identity.Accounts;

/// <summary>
/// <c>ComplianceGrid.Api accounts reset-factors</c>: for who lost a second factor and whom no two people of a tenant can help, because they belong to
/// several, or are the only officer of one. Two people approve it here, too, by name, in the log of every tenant that the account gets in to.
/// </summary>
internal static class ResetFactorsCommand
{
    public const string Usage = """
        accounts reset-factors --email E --approved-by NAME,NAME[,NAME]
            Voids the account's second factors, password and sessions in all its tenants, and prints a secret by which a password can be set within
            15 minutes, to be handed over in person; the next sign-in enrolls a new factor. The names are those of two or more operators who have
            made sure who asks: letters, digits, dots, hyphens and underscores. The grid must be running: this is an entry in the log of each of
            the tenants before it is done. Doing it again does it anew.
        """;

    private const int FewestApprovers = 2;

    private static readonly string[] Known = ["--email", "--approved-by"];

    /// <param name="args">Without the verb.</param>
    /// <param name="options">Configuration as on a host's command line, for a test.</param>
    /// <returns>The process' exit code: 0 done, 2 not understood or not possible.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, params string[] options)
    {
        if (OperatorCommand.Options(args, Known) is not { } given || given.GetValueOrDefault("--email") is not { } email || Approvers(given.GetValueOrDefault("--approved-by")) is not { } approvers)
            return await OperatorCommand.FailAsync(error, Usage);
        return await OperatorCommand.RunAsync(services => ResetAsync(services, email, approvers, output, CancellationToken.None), error, options);
    }

    private static async Task ResetAsync(IServiceProvider services, string email, ImmutableArray<string> approvers, TextWriter output, CancellationToken ct)
    {
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        if (await services.GetRequiredService<AccountDirectory>().FindByNameAsync(email, ct) is not { DisabledAt: null } account)
            throw new GridException(GridError.Invalid, "There is no account of that name that can sign in.");
        var theirs = await services.GetRequiredService<Memberships>().OfAccountAsync(account.Id, ct);
        if (theirs.Count == 0) throw new GridException(GridError.Invalid, "The account is a member of no tenant.");

        var unusable = await services.GetRequiredService<PasswordHasher>().HashAsync(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)), ct);
        AuditEntry[] entries = [.. theirs.Select(membership => OperatorActs.Entry(membership.Tenant.Value, now) with
        {
            Action = AuditAction.Delete,
            Resource = "factors",
            ResourceId = account.Id.ToString("D"),
            Details = JsonSerializer.Serialize(new { approvedBy = approvers }),
        })];
        await OperatorActs.RecordAsync(services, entries, async grains =>
        {
            await new FactorResets(services.GetRequiredKeyedService<NpgsqlDataSource>("Grid")).VoidAsync(account.Id, unusable, now, ct);
            await output.WriteLineAsync($"account {account.Id:D}\nfactors and password void");
            using var scope = new TenantScope(TenantId.System);
            await grains.GetGrain<IAccountGrain>(TenantKeys.OfSystem(account.Id)).EndAll(SessionEndReason.PasswordChanged);
        });
        await output.WriteLineAsync($"secret  {await services.GetRequiredService<OneTimeTokens>().IssueAsync(account.Id, PasswordReset.Purpose, new PasswordReset.Progress(), OneTimeToken.ResetLife, ct)}");
    }

    /// <returns>Null: not two different people's names.</returns>
    private static ImmutableArray<string>? Approvers(string? text)
    {
        string[] names = text?.Split(',', StringSplitOptions.TrimEntries) ?? [];
        return names.Length >= FewestApprovers && names.All(Fields.IsCode) && names.Distinct(StringComparer.OrdinalIgnoreCase).Count() == names.Length ? [.. names] : null;
    }
}
