using System.Text.Json;
using ComplianceGrid.Api.Audit;
using ComplianceGrid.Api.Http;
using ComplianceGrid.Api.Identity.Accounts;
using ComplianceGrid.Api.Identity.Passkeys;
using ComplianceGrid.Api.Identity.SecondFactors;
using ComplianceGrid.Storage.Identity;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.Api.Identity.SignIn;

/// <summary>
/// Enrolls the first second factor, in the midst of a sign-in: an account that has none can do this and nothing else. One that has a factor
/// cannot get another this way: whoever knows a password only could else make one of their own.
/// </summary>
internal sealed class FactorEnrollment(
    SignInCompletion signIns, FactorDemands demands, OneTimeTokens tokens, FactorStore factorStore, PasskeyStore passkeyStore, Memberships memberships, FactorSeals seals, SecondFactorKey key,
    SmsCodes codes, ISmsSender sms, IPasskeyHandler<Account> passkeys, TimeProvider clock, IOptions<SecondFactorOptions> options)
{
    public async Task<EnrollAnswer> OfferTotpAsync(HttpContext context, string? tempToken, CancellationToken ct)
    {
        var (account, _, _) = await EnrollingAsync(context, tempToken, SignInMethods.Totp, ct);
        var secret = Totp.NewSecret();
        await factorStore.OfferTotpAsync(account.Id, seals.SealSecret(account.Id, secret), ct);
        var uri = Totp.UriOf(secret, options.Value.Issuer, account.UserName!);
        return new(Totp.Spelled(secret), uri, QrCode.Svg(uri));
    }

    /// <summary>Sends a code to a telephone, by which it is enrolled.</summary>
    public async Task<SmsAnswer> OfferTelephoneAsync(HttpContext context, TelephoneBody body, CancellationToken ct)
    {
        var (account, pending, _) = await EnrollingAsync(context, body.TempToken, SignInMethods.Sms, ct);
        var number = TelephoneNumber.Read(body.Number) ?? throw Fields.Refuse("number", "be a telephone number with its country's code, for example +12025550123");
        return await codes.SendAsync(context, body.TempToken!, account, pending, pending with { Telephone = seals.SealNumber(account.Id, number) }, number, ct);
    }

    public Task<VerifyAnswer> ConfirmAsync(HttpContext context, VerifyBody body, CancellationToken ct) => body.Method switch
    {
        SignInMethods.Sms => ConfirmTelephoneAsync(context, body, ct),
        null or SignInMethods.Totp => ConfirmTotpAsync(context, body, ct),
        _ => throw Fields.Refuse("method", $"be {SignInMethods.Totp} or {SignInMethods.Sms}"),
    };

    private async Task<VerifyAnswer> ConfirmTotpAsync(HttpContext context, VerifyBody body, CancellationToken ct)
    {
        var (account, pending, factors) = await EnrollingAsync(context, body.TempToken, SignInMethods.Totp, ct);
        var offered = factors.Totp ?? throw new GridException(GridError.Invalid, "Ask for a secret first: POST /api/auth/mfa/enroll.");
        if (Totp.Match(seals.OpenSecret(account.Id, offered.Secret), body.Code, clock.GetUtcNow(), offered.LastStep) is not { } step || !await factorStore.ConfirmTotpAsync(account.Id, step, ct))
            throw new GridException(GridError.Invalid, "code must be the one that the app shows now. Check the time of the device.");
        return await FinishAsync(body.TempToken!, account, pending, SignInMethods.OneTimeCode, ct);
    }

    private async Task<VerifyAnswer> ConfirmTelephoneAsync(HttpContext context, VerifyBody body, CancellationToken ct)
    {
        var (account, pending, _) = await EnrollingAsync(context, body.TempToken, SignInMethods.Sms, ct);
        if (pending is not { Sms: { } sent, Telephone: { } number }) throw new GridException(GridError.Invalid, "Ask for a code first: POST /api/auth/mfa/telephone.");
        var spent = pending with { Sms = sent.Spend() };
        await KeepAsync(body.TempToken!, pending, spent, ct);
        if (!sent.Fits(key, account.Id, body.Code, clock.GetUtcNow()))
            throw new GridException(GridError.Invalid, "code must be the newest one that was sent. After a few tries or minutes only another one helps.");
        if (!await factorStore.AddFirstTelephoneAsync(account.Id, number, ct)) throw HasOne("telephone");
        return await FinishAsync(body.TempToken!, account, spent, SignInMethods.Sms, ct);
    }

    /// <summary>Options of the ceremony that is next: of signing in by a passkey, or of enrolling the first one.</summary>
    public async Task<PasskeyOptionsAnswer> OptionsAsync(HttpContext context, string? tempToken, CancellationToken ct)
    {
        var (account, pending) = await signIns.PendingAsync(tempToken, ct);
        var factors = await factorStore.OfAsync(account.Id, ct);
        if (factors.Passkeys > 0)
        {
            var request = await passkeys.MakeRequestOptionsAsync(account, context);
            await KeepAsync(tempToken!, pending, pending with { Ceremony = request.AssertionState }, ct);
            return new("get", JsonElement.Parse(request.RequestOptionsJson));
        }

        await RequireAsync(context, account, factors, SignInMethods.Passkey, ct);
        var creation = await passkeys.MakeCreationOptionsAsync(EnrolledPasskey.EntityOf(account), context);
        await KeepAsync(tempToken!, pending, pending with { Ceremony = creation.AttestationState }, ct);
        return new("create", JsonElement.Parse(creation.CreationOptionsJson));
    }

    public async Task<VerifyAnswer> AddPasskeyAsync(HttpContext context, PasskeyBody body, CancellationToken ct)
    {
        var (account, pending, _) = await EnrollingAsync(context, body.TempToken, SignInMethods.Passkey, ct);
        if (pending.Ceremony is not { } state) throw new GridException(GridError.Invalid, "Ask for options first: POST /api/auth/passkeys/options.");
        var spent = pending with { Ceremony = null }; // a challenge is good for one try
        await KeepAsync(body.TempToken, pending, spent, ct);
        var passkey = await EnrolledPasskey.VerifyAsync(passkeys, context, account, body.Credential, state);
        if (!await passkeyStore.AddFirstAsync(account.Id, passkey, ct)) throw HasOne("passkey");
        return await FinishAsync(body.TempToken, account, spent, SignInMethods.HardwareKey, ct);
    }

    private async Task<VerifyAnswer> FinishAsync(string tempToken, Account account, PendingSignIn pending, string proved, CancellationToken ct)
    {
        var issued = RecoveryCodes.Issue(key, account.Id);
        await factorStore.SetRecoveryCodesAsync(account.Id, issued.Kept, ct);
        await KeepAsync(tempToken, pending, pending with { Proved = proved, Sms = null, Telephone = null }, ct);
        return new(issued.Shown);
    }

    private async Task<(Account Account, PendingSignIn Pending, Factors Factors)> EnrollingAsync(HttpContext context, string? tempToken, string method, CancellationToken ct)
    {
        var (account, pending) = await signIns.PendingAsync(tempToken, ct);
        var factors = await factorStore.OfAsync(account.Id, ct);
        await RequireAsync(context, account, factors, method, ct);
        return (account, pending, factors);
    }

    private async Task RequireAsync(HttpContext context, Account account, Factors factors, string method, CancellationToken ct)
    {
        var mine = await memberships.OfAccountAsync(account.Id, ct);
        if (mine.Count > 0) context.Audit().Member(mine[0]);
        var enrollable = SignInMethods.Enrollable(factors, await demands.DemandPasskeyAsync(mine, ct), sms.IsOn);
        if (enrollable.Contains(method)) return;
        throw new GridException(GridError.Forbidden, enrollable.IsEmpty
            ? "The account has a second factor. A lost one is replaced by an administrator, with a second one's consent."
            : $"What can be enrolled is {string.Join(" or ", enrollable)}: the account's roles, a tenant's policy or this installation allow nothing else.");
    }

    private async Task KeepAsync(string tempToken, PendingSignIn seen, PendingSignIn pending, CancellationToken ct)
    {
        if (!await tokens.ChangeAsync(tempToken, seen, pending, ct)) throw SignInCompletion.Gone();
    }

    private static GridException HasOne(string factor) =>
        new(GridError.Invalid, $"The {factor} could not be kept: the account has a second factor by now. Begin again with name and password.");
}
