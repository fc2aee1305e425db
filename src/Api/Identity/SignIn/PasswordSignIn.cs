using ComplianceGrid.Api.Audit;
using ComplianceGrid.Api.Identity.Accounts;
using ComplianceGrid.Api.Identity.Passwords;
using ComplianceGrid.Api.Identity.SecondFactors;
using ComplianceGrid.Api.Identity.Server;
using ComplianceGrid.Audit;
using ComplianceGrid.Storage.Identity;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.Api.Identity.SignIn;

/// <summary>The first half of a sign-in: a name and a password. A name that nobody has goes the same way, at the same pace.</summary>
internal sealed class PasswordSignIn(
    SignInGuard guard, FactorDemands demands, AddressGuard addresses, AccountDirectory accounts, FactorStore factorStore, Memberships memberships, PasswordHasher hasher, OneTimeTokens tokens, KnownDevice devices,
    ISmsSender sms, ILookupNormalizer names, IOptions<AuthorizationServerOptions> options)
{
    /// <exception cref="GridException"><see cref="GridError.BadCredentials"/>, <see cref="GridError.TooManyRequests"/> (the name is locked, or the address has failed too often), <see cref="GridError.Busy"/>.</exception>
    public async Task<LoginAnswer> BeginAsync(HttpContext context, string name, string password, CancellationToken ct)
    {
        var device = devices.Read(context, names.NormalizeName(name));
        context.Audit().Did(AuditAction.LoginFailed);
        await using var tried = await addresses.BeginAsync(context);
        var (attempt, locked) = await guard.BeginAsync(context, name, device);
        if (locked is not null) throw tried.Wrong(locked);

        var account = await accounts.FindByNameAsync(name, ct);
        var id = account is { DisabledAt: null } ? account.Id : Guid.Empty; // of nobody: asked all the same, so that the time tells nothing
        var stored = (await accounts.PasswordsAsync(id, 1, ct)).FirstOrDefault();
        var mine = await memberships.OfAccountAsync(id, ct);
        if (mine.Count > 0) context.Audit().Member(mine[0]);
        if (stored is null) await hasher.VerifyNothingAsync(password, ct);
        var verdict = stored is null ? PasswordVerdict.Wrong : await hasher.VerifyAsync(password, stored, ct);
        if (verdict == PasswordVerdict.Wrong || mine.Count == 0) throw tried.Wrong(await guard.WrongAsync(context, name, attempt));

        if (verdict == PasswordVerdict.RightButOutdated) await accounts.ReplacePasswordAsync(account!.Id, stored!, await hasher.HashAsync(password, ct), ct);
        context.Audit().Did(AuditAction.Login);
        return await AnswerAsync(account!, mine, new() { Tenants = [.. mine.Select(membership => membership.Tenant.Value)], Attempt = attempt, Device = device }, ct);
    }

    private async Task<LoginAnswer> AnswerAsync(Account account, List<Membership> mine, PendingSignIn pending, CancellationToken ct)
    {
        var (factors, passkeyOnly) = (await factorStore.OfAsync(account.Id, ct), await demands.DemandPasskeyAsync(mine, ct));
        var token = await tokens.IssueAsync(account.Id, PendingSignIn.Purpose, pending, TimeSpan.FromMinutes(options.Value.SignInMinutes), ct);
        return new(MfaRequired: true, token, SignInMethods.Usable(factors, passkeyOnly, sms.IsOn), SignInMethods.Enrollable(factors, passkeyOnly, sms.IsOn), pending.Tenants);
    }
}
