using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using ComplianceGrid.Api.Audit;
using ComplianceGrid.Api.Identity.Mail;
using ComplianceGrid.Api.Identity.SignIn;
using ComplianceGrid.Api.Security;
using ComplianceGrid.Audit;
using ComplianceGrid.Storage.Identity;
using ComplianceGrid.Tenancy;
using CsvHelper;
using CsvHelper.Configuration;
using Microsoft.AspNetCore.Identity;

namespace ComplianceGrid.Api.Identity.Accounts;

/// <summary><c>ComplianceGrid.Api accounts add</c>: how the first administrator comes to be. <c>reset-factors</c>: see <see cref="ResetFactorsCommand"/>.</summary>
internal static class AccountsCommand
{
    private const string Usage = """
        accounts add --email E --tenant T --roles ROLE[,ROLE] [--employee ID] [--name N]
            Makes the account, if there is none of that name, and a member of the tenant with these roles, in place of those it had there.
            Prints a secret by which its password can be set within 15 minutes (POST /api/auth/password/reset-confirm). The grid must be
            running: this is an entry in the tenant's log before it is done.
        accounts add --file CSV
            The same for each line of a file with the columns email, tenant, roles (in quotes when several), employee, name. Prints email,account,secret
            for each. Nothing is done when a line is not understood; nobody is made twice by doing it again.

        """ + ResetFactorsCommand.Usage;

    private const int MostLines = 1_000;

    private static readonly string[] Known = ["--email", "--tenant", "--roles", "--employee", "--name"];

    /// <param name="options">Configuration as on a host's command line, for a test.</param>
    /// <returns>The process' exit code: 0 done, 2 not understood or not possible.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, params string[] options)
    {
        if (args is ["reset-factors", .. var lost]) return await ResetFactorsCommand.RunAsync(lost, output, error, options);
        if (args is ["add", "--file", var file]) return await AddAllAsync(file, output, error, options);
        if (args is not ["add", .. var rest] || OperatorCommand.Options(rest, Known) is not { } given || Read(name => given.GetValueOrDefault("--" + name)) is not { } member)
            return await OperatorCommand.FailAsync(error, Usage);
        return await OperatorCommand.RunAsync(
            services => AddAsync(services, [member], (account, secret) => output.WriteLineAsync($"account {account.Id:D}\nsecret  {secret}"), CancellationToken.None), error, options);
    }

    private static async Task<int> AddAllAsync(string file, TextWriter output, TextWriter error, string[] options)
    {
        if (!File.Exists(file)) return await OperatorCommand.FailAsync(error, $"There is no file {file}.");
        List<NewMember> members = [];
        try
        {
            using var csv = new CsvReader(File.OpenText(file), new CsvConfiguration(CultureInfo.InvariantCulture) { PrepareHeaderForMatch = header => header.Header.Trim().ToLowerInvariant() });
            if (!await csv.ReadAsync() || !csv.ReadHeader()) return await OperatorCommand.FailAsync(error, Usage);
            while (await csv.ReadAsync())
            {
                if (members.Count == MostLines) return await OperatorCommand.FailAsync(error, $"More than {MostLines} lines: give them in several files.");
                if (Read(name => csv.TryGetField<string>(name, out var value) && value is not "" ? value : null) is not { } member)
                    return await OperatorCommand.FailAsync(error, $"Line {csv.Parser.Row} is not understood.\n{Usage}");
                members.Add(member);
            }
        }
        catch (CsvHelperException e)
        {
            return await OperatorCommand.FailAsync(error, $"Line {e.Context?.Parser?.Row} is not CSV: {e.Message}");
        }

        return await OperatorCommand.RunAsync(async services =>
        {
            await output.WriteLineAsync("email,account,secret");
            await AddAsync(services, members, (account, secret) => output.WriteLineAsync($"{account.Email},{account.Id:D},{secret}"), CancellationToken.None);
        }, error, options);
    }

    private static async Task AddAsync(IServiceProvider services, IReadOnlyCollection<NewMember> members, Func<Account, string, Task> added, CancellationToken ct)
    {
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        List<(NewMember Member, Account Account, bool IsNew)> people = [];
        foreach (var member in members)
        {
            var known = people.Find(other => string.Equals(other.Member.Email, member.Email, StringComparison.OrdinalIgnoreCase)).Account
                ?? await services.GetRequiredService<AccountDirectory>().FindByNameAsync(member.Email, ct);
            people.Add((member, known ?? new() { Id = Guid.CreateVersion7(now), UserName = member.Email, Email = member.Email, EmailConfirmed = true, DisplayName = member.Name, CreatedAt = now }, known is null));
        }

        await OperatorActs.RecordAsync(services, [.. people.Select(person => OperatorActs.Entry(person.Member.Tenant.Value, now) with
        {
            Action = person.IsNew ? AuditAction.UserCreated : AuditAction.RoleChanged,
            Resource = "accounts",
            ResourceId = person.Account.Id.ToString("D"),
            Details = JsonSerializer.Serialize(new { roles = person.Member.Roles }),
        })]);
        foreach (var (member, account, isNew) in people)
        {
            if (isNew && await services.GetRequiredService<UserManager<Account>>().CreateAsync(account) is { Succeeded: false } refused)
                throw new GridException(GridError.Invalid, string.Join(" ", refused.Errors.Select(reason => reason.Description)));
            await services.GetRequiredService<Memberships>().SaveAsync(new(member.Tenant, account.Id, member.Roles, [], member.Employee), ct);
            await added(account, await services.GetRequiredService<OneTimeTokens>().IssueAsync(account.Id, PasswordReset.Purpose, new PasswordReset.Progress(), OneTimeToken.ResetLife, ct));
        }
    }

    /// <param name="value">What was given under a name, null when nothing was.</param>
    private static NewMember? Read(Func<string, string?> value)
    {
        if (value("email") is not { Length: <= 256 } email || email.Any(letter => !char.IsAsciiLetterOrDigit(letter) && !"-._@+".Contains(letter, StringComparison.Ordinal))) return null;
        if (!TenantId.TryParse(value("tenant"), null, out var tenant)) return null;
        ImmutableArray<string> roles = [.. (value("roles") ?? "").Split(',', StringSplitOptions.TrimEntries).Distinct().Order(StringComparer.Ordinal)];
        if (roles.Any(role => role == RoleTable.Service || !RoleTable.Permissions.ContainsKey(role))) return null;
        if (value("employee") is not { } employee) return new(email, tenant, roles, null, value("name"));
        return Guid.TryParseExact(employee, "D", out var id) ? new(email, tenant, roles, id, value("name")) : null;
    }

    private sealed record NewMember(string Email, TenantId Tenant, ImmutableArray<string> Roles, Guid? Employee, string? Name);
}
