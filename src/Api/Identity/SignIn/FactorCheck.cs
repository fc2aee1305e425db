using ComplianceGrid.Api.Identity.Accounts;
using ComplianceGrid.Api.Identity.SecondFactors;
using ComplianceGrid.Storage.Identity;
using Microsoft.AspNetCore.Identity;

namespace ComplianceGrid.Api.Identity.SignIn;

/// <summary>Whether a second factor is proved. Each way is spent by it: a code is good once, a passkey's challenge too. What the sign-in itself keeps was spent before.</summary>
internal sealed class FactorCheck(FactorStore factorStore, PasskeyStore passkeyStore, FactorDemands demands, FactorSeals seals, SecondFactorKey key, ISmsSender sms, IPasskeyHandler<Account> passkeys, TimeProvider clock)
{
    /// <returns><c>otp</c>, <c>sms</c>, <c>hwk</c> (RFC 8176); null: it is wrong, spent, or not taken in this membership.</returns>
    public async Task<string?> ProveAsync(HttpContext context, Account account, Membership membership, PendingSignIn pending, Proof proof, CancellationToken ct)
    {
        var passkeyOnly = await demands.DemandPasskeyAsync([membership], ct);
        if (pending.Proved is { } proved && (proved == SignInMethods.HardwareKey || !passkeyOnly)) return proved;
        var factors = await factorStore.OfAsync(account.Id, ct);
        var usable = SignInMethods.Usable(factors, passkeyOnly, sms.IsOn);
        return proof switch
        {
            { Passkey: { } assertion } when usable.Contains(SignInMethods.Passkey) => await AssertAsync(context, account, pending, assertion, ct) ? SignInMethods.HardwareKey : null,
            { Code: { } code, Method: SignInMethods.RecoveryCode } when usable.Contains(SignInMethods.RecoveryCode) => await RecoverAsync(account, factors, code, ct) ? SignInMethods.OneTimeCode : null,
            { Code: { } code, Method: SignInMethods.Sms } when usable.Contains(SignInMethods.Sms) => IsOfTelephone(account, pending, code) ? SignInMethods.Sms : null,
            { Code: { } code, Method: null or SignInMethods.Totp } when usable.Contains(SignInMethods.Totp) => await MatchAsync(account, factors.Totp!, code, ct) ? SignInMethods.OneTimeCode : null,
            _ => null,
        };
    }

    private async Task<bool> MatchAsync(Account account, TotpFactor totp, string code, CancellationToken ct) =>
        Totp.Match(seals.OpenSecret(account.Id, totp.Secret), code, clock.GetUtcNow(), totp.LastStep) is { } step && await factorStore.SpendTotpAsync(account.Id, step, ct);

    /// <summary>One that went to a number that was being enrolled proves nothing.</summary>
    private bool IsOfTelephone(Account account, PendingSignIn pending, string code) =>
        pending is { Sms: { } sent, Telephone: null } && sent.Fits(key, account.Id, code, clock.GetUtcNow());

    private async Task<bool> RecoverAsync(Account account, Factors factors, string code, CancellationToken ct) =>
        RecoveryCodes.Find(key, account.Id, code, factors.RecoveryCodes) is { } found && await factorStore.SpendRecoveryCodeAsync(account.Id, factors.RecoveryCodes[found], ct);

    private async Task<bool> AssertAsync(HttpContext context, Account account, PendingSignIn pending, string assertion, CancellationToken ct)
    {
        if (pending.Ceremony is not { } state) return false;
        var result = await passkeys.PerformAssertionAsync(new() { HttpContext = context, CredentialJson = assertion, AssertionState = state });
        PasskeyFaults.Rethrow(result.Failure);
        if (!result.Succeeded || result.User.Id != account.Id || !result.Passkey.IsUserVerified) return false;
        return await passkeyStore.CountAsync(account.Id, result.Passkey, ct);
    }
}
