using System.Text.Json.Serialization;
using ComplianceGrid.Api.Audit;
using ComplianceGrid.Api.Identity.Accounts;
using ComplianceGrid.Api.Identity.Mail;
using ComplianceGrid.Api.Identity.Passwords;
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
    AccountDirectory accounts, Memberships memberships, OneTimeTokens tokens, ChosenPassword passwords, PasswordHasher hasher, AccountSessions sessions, ResetMailQueue mail,
    IOptions<SecondFactorOptions> factors, IOptions<AuthenticationOptions> authentication)
{
    public const string Purpose = "set-password";

    /// <summary>Answers the same whether somebody has the name or not, and before any message is written.</summary>
    public async Task RequestAsync(string email, CancellationToken ct)
    {
        if (await accounts.FindByNameAsync(email, ct) is not { DisabledAt: null, Email: { } address } account) return;
        mail.Enqueue(async stopping =>
        {
            var token = await tokens.IssueAsync(account.Id, Purpose, new Progress(), OneTimeToken.ResetLife, stopping);
            return ResetMail.Compose(address, factors.Value.Issuer, new(new Uri(authentication.Value.Issuer), "/reset"), token, OneTimeToken.ResetLife);
        });
    }

    /// <summary>Sets the password, ends all sessions, and takes the token last: asked again with the same password after no answer, or 503, it goes on where it was.</summary>
    public async Task ConfirmAsync(HttpContext context, string token, string password, CancellationToken ct)
    {
        if (await tokens.LookAsync<Progress>(token, Purpose, ct) is not var (id, progress) || await accounts.FindAsync(id, ct) is not { DisabledAt: null } account)
            throw Gone();
        var mine = await memberships.OfAccountAsync(id, ct);
        if (mine.Count > 0) context.Audit().Member(mine[0]);

        if (progress.Set is null)
        {
            var hash = await passwords.HashAsync(account, mine, password, ct);
            if (!await passwords.SetByAsync(token, progress, new(hash), account, hash, ct)) throw Gone();
        }

        await sessions.EndAllAsync(id, SessionEndReason.PasswordChanged);
        // The token goes first, and what was chosen is looked at once: else who reads an old mail could guess it, as often as they like.
        var isTaken = await tokens.TakeAsync(token, ct);
        if (progress.Set is { } set && (!isTaken || await hasher.VerifyAsync(password, set, ct) == PasswordVerdict.Wrong)) throw Gone();
    }

    private static GridException Gone() => new(GridError.BadCredentials, "This link was used, or is too old. Ask for another one.");

    /// <param name="Set">The hash that was set by the token, while sessions have not all ended yet; null: none was.</param>
    internal sealed record Progress([property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Set = null);
}
