using System.Collections.Immutable;
using System.Text.Json;
using ComplianceGrid.Api.Audit;
using ComplianceGrid.Api.Identity.Mail;
using ComplianceGrid.Api.Identity.SignIn;
using ComplianceGrid.Api.Security;
using ComplianceGrid.Audit;
using ComplianceGrid.Storage.Identity;
using ComplianceGrid.Tenancy;
using Microsoft.AspNetCore.Identity;

namespace ComplianceGrid.Api.Identity.Accounts;

/// <summary><c>ComplianceGrid.Api accounts add</c>: how the first administrator comes to be.</summary>
internal static class AccountsCommand
{
    private const string Usage = """
        accounts add --email E --tenant T --roles ROLE[,ROLE] [--employee ID] [--name N]
            Makes the account, if there is none of that name, and a member of the tenant with these roles, in place of those it had there.
            Prints a secret by which its password can be set within 15 minutes (POST /api/auth/password/reset-confirm). The grid must be
            running: this is an entry in the tenant's log before it is done.
        """;

    private static readonly string[] Known = ["--email", "--tenant", "--roles", "--employee", "--name"];

    /// <param name="options">Configuration as on a host's command line, for a test.</param>
    /// <returns>The process' exit code: 0 done, 2 not understood or not possible.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, params string[] options)
    {
        if (args is not ["add", .. var rest] || Parse(rest) is not { } given) return await OperatorCommand.FailAsync(error, Usage);
        return await OperatorCommand.RunAsync(async services =>
        {
            var (account, secret) = await AddAsync(services, given, CancellationToken.None);
            return [$"account {account:D}", $"secret  {secret}"];
        }, output, error, options);
    }

    private static async Task<(Guid Account, string Secret)> AddAsync(IServiceProvider services, NewMember member, CancellationToken ct)
    {
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var known = await services.GetRequiredService<IAccountDirectory>().FindByNameAsync(member.Email, ct);
        var account = known ?? new() { Id = Guid.CreateVersion7(now), UserName = member.Email, Email = member.Email, EmailConfirmed = true, DisplayName = member.Name, CreatedAt = now };
        await OperatorActs.RecordAsync(services, OperatorActs.Entry(member.Tenant.Value, now) with
        {
            Action = known is null ? AuditAction.UserCreated : AuditAction.RoleChanged,
            Resource = "accounts",
            ResourceId = account.Id.ToString("D"),
            Details = JsonSerializer.Serialize(new { roles = member.Roles }),
        });
        if (known is null && await services.GetRequiredService<UserManager<Account>>().CreateAsync(account) is { Succeeded: false } refused)
            throw new GridException(GridError.Invalid, string.Join(" ", refused.Errors.Select(reason => reason.Description)));
        await services.GetRequiredService<Memberships>().SaveAsync(new(member.Tenant, account.Id, member.Roles, [], member.Employee), ct);
        return (account.Id, await services.GetRequiredService<OneTimeTokens>().IssueAsync(account.Id, PasswordReset.Purpose, new PasswordReset.Nothing(), OneTimeToken.ResetLife, ct));
    }

    private static NewMember? Parse(ReadOnlySpan<string> args)
    {
        if (OperatorCommand.Options(args, Known) is not { } given || !given.TryGetValue("--email", out var email) || email.Length > 256) return null;
        if (!TenantId.TryParse(given.GetValueOrDefault("--tenant"), null, out var tenant)) return null;
        ImmutableArray<string> roles = [.. (given.GetValueOrDefault("--roles") ?? "").Split(',').Distinct().Order(StringComparer.Ordinal)];
        if (roles.Any(role => role == RoleTable.Service || !RoleTable.Permissions.ContainsKey(role))) return null;
        if (!given.TryGetValue("--employee", out var employee)) return new(email, tenant, roles, null, given.GetValueOrDefault("--name"));
        return Guid.TryParseExact(employee, "D", out var id) ? new(email, tenant, roles, id, given.GetValueOrDefault("--name")) : null;
    }

    private sealed record NewMember(string Email, TenantId Tenant, ImmutableArray<string> Roles, Guid? Employee, string? Name);
}
