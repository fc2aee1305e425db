using System.Security.Cryptography;
using ComplianceGrid.Api.Audit;
using ComplianceGrid.Api.Identity.Accounts;
using ComplianceGrid.Api.Identity.Mail;
using ComplianceGrid.Api.Identity.Passwords;
using ComplianceGrid.Api.Identity.Sessions;
using ComplianceGrid.Api.Identity.SignIn;
using ComplianceGrid.Api.Security;
using ComplianceGrid.Audit;
using ComplianceGrid.Identity;
using ComplianceGrid.Storage.Identity;

namespace ComplianceGrid.Api.Identity.Replacement;

/// <summary>
/// Replaces a lost second factor by the word of two people, neither of them the one who lost it (NIST SP 800-63B §4.2): one asks, the other
/// approves and hands over a secret by which a password is set; the next sign-in enrolls a new factor. Mail alone gets nobody in.
/// </summary>
internal sealed class FactorReplacement(
    FactorResets resets, Memberships memberships, OneTimeTokens tokens, PasswordHasher hasher, AccountSessions sessions, TimeProvider clock)
{
    /// <summary>Time for a second person to come and look.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromHours(24);

    public async Task<FactorReset> AskAsync(HttpContext context, Guid account, CancellationToken ct)
    {
        var caller = context.Caller();
        var self = await RequireAsync(context, account, ct);
        var now = clock.GetUtcNow();
        var reset = await resets.AskAsync(new(caller.Tenant, account, self, now, now + Life), ct);
        return reset.AskedBy == self ? reset : throw new GridException(GridError.AlreadyExists, "Somebody else has asked already: approve it instead.");
    }

    public async Task<FactorReset> FindAsync(Caller caller, Guid account, CancellationToken ct) =>
        await resets.FindAsync(caller.Tenant, account, clock.GetUtcNow(), ct) ?? throw None();

    public async Task WithdrawAsync(Caller caller, Guid account, CancellationToken ct)
    {
        if (await resets.WithdrawAsync(caller.Tenant, account, clock.GetUtcNow(), ct) is null) throw None();
    }

    /// <returns>What sets the new password, once, within a quarter of an hour.</returns>
    public async Task<string> ApproveAsync(HttpContext context, Guid account, CancellationToken ct)
    {
        var caller = context.Caller();
        var self = await RequireAsync(context, account, ct);
        if ((await FindAsync(caller, account, ct)).AskedBy == self) throw Escalation(context, "Who asked cannot approve: a second person has to.");
        var unusable = await hasher.HashAsync(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)), ct);
        if (await resets.ApproveAsync(caller.Tenant, account, self, unusable, clock.GetUtcNow(), ct) is null) throw None(); // somebody else has, meanwhile

        // Killed from here on: nobody gets in as the account, and the two ask and approve again.
        await sessions.EndAllAsync(account, SessionEndReason.PasswordChanged);
        return await tokens.IssueAsync(account, PasswordReset.Purpose, new PasswordReset.Progress(), OneTimeToken.ResetLife, ct);
    }

    /// <returns>The caller's own account.</returns>
    private async Task<Guid> RequireAsync(HttpContext context, Guid account, CancellationToken ct)
    {
        var caller = context.Caller();
        if (caller.Account is not { } self) throw new GridException(GridError.Forbidden, "People alone can replace a person's second factor.");
        if (self == account) throw Escalation(context, "Nobody replaces a second factor of their own: two others have to.");
        var theirs = await memberships.OfAccountAsync(account, ct);
        if (theirs.All(membership => membership.Tenant != caller.Tenant)) throw new GridException(GridError.NotFound, "There is no such member here.");
        // Else one tenant's people could let themselves in to another tenant.
        if (theirs.Count > 1) throw new GridException(GridError.Forbidden, "The account belongs to other tenants too, who have a say in it: end its membership of them, or give the person another account.");
        return self;
    }

    /// <summary>One person who would be two: on record as what it is.</summary>
    private static GridException Escalation(HttpContext context, string detail)
    {
        context.Audit().Did(AuditAction.PrivilegeEscalation);
        return new(GridError.Forbidden, detail);
    }

    private static GridException None() => new(GridError.NotFound, "Nobody has asked for it, or longer than a day ago.");
}
