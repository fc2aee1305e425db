using ComplianceGrid.Api.Audit;
using ComplianceGrid.Api.Identity.Accounts;
using ComplianceGrid.Api.Identity.Mail;
using ComplianceGrid.Api.Identity.SecondFactors;
using ComplianceGrid.Api.Identity.Sessions;
using ComplianceGrid.Identity;
using ComplianceGrid.Storage.Identity;
using Microsoft.Extensions.Options;
using AuthenticationOptions = ComplianceGrid.Api.Security.AuthenticationOptions;

namespace ComplianceGrid.Api.Identity.SignIn;

/// <summary>
/// A new password by a link that was mailed: good once, for 15 minutes. It touches no second factor, so who reads the mail alone gets in
/// nowhere; and all sessions end.
/// </summary>
internal sealed class PasswordReset(
    IAccountDirectory accounts, Memberships memberships, OneTimeTokens tokens, ChosenPassword passwords, AccountSessions sessions, ResetMailQueue mail,
    IOptions<SecondFactorOptions> factors, IOptions<AuthenticationOptions> authentication)
{
    public const string Purpose = "set-password";

    /// <summary>Answers the same whether somebody has the name or not, and before any message is written.</summary>
    public async Task RequestAsync(string email, CancellationToken ct)
    {
        if (await accounts.FindByNameAsync(email, ct) is not { DisabledAt: null, Email: { } address } account) return;
        mail.Enqueue(async stopping =>
        {
            var token = await tokens.IssueAsync(account.Id, Purpose, new Nothing(), OneTimeToken.ResetLife, stopping);
            return ResetMail.Compose(address, factors.Value.Issuer, new(new Uri(authentication.Value.Issuer), "/reset"), token, OneTimeToken.ResetLife);
        });
    }

    public async Task ConfirmAsync(HttpContext context, string token, string password, CancellationToken ct)
    {
        if (await tokens.LookAsync<Nothing>(token, Purpose, ct) is not var (id, _) || await accounts.FindAsync(id, ct) is not { DisabledAt: null } account)
            throw Gone();
        var mine = await memberships.OfAccountAsync(id, ct);
        if (mine.Count > 0) context.Audit().Member(mine[0]);

        var hash = await passwords.HashAsync(account, mine, password, ct);
        if (!await tokens.TakeAsync(token, ct)) throw Gone();
        await passwords.SetAsync(account, seen: null, hash, ct);
        await sessions.EndAllAsync(id, SessionEndReason.PasswordChanged);
    }

    private static GridException Gone() => new(GridError.BadCredentials, "This link was used, or is too old. Ask for another one.");

    /// <summary>The token stands for the account alone.</summary>
    internal sealed record Nothing;
}
