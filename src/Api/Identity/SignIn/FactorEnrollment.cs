using System.Text.Json;
using ComplianceGrid.Api.Audit;
using ComplianceGrid.Api.Identity.Accounts;
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
    SignInCompletion signIns, FactorDemands demands, OneTimeTokens tokens, IAccountDirectory accounts, Memberships memberships, TotpSecrets secrets, SecondFactorKey key,
    IPasskeyHandler<Account> passkeys, TimeProvider clock, IOptions<SecondFactorOptions> options)
{
    public async Task<EnrollAnswer> OfferTotpAsync(HttpContext context, string? tempToken, CancellationToken ct)
    {
        var (account, _) = await EnrollingAsync(context, tempToken, SignInMethods.Totp, ct);
        var secret = Totp.NewSecret();
        await accounts.OfferTotpAsync(account.Id, secrets.Seal(account.Id, secret), ct);
        var uri = Totp.UriOf(secret, options.Value.Issuer, account.UserName!);
        return new(Totp.Spelled(secret), uri, QrCode.Svg(uri));
    }

    public async Task<VerifyAnswer> ConfirmTotpAsync(HttpContext context, VerifyBody body, CancellationToken ct)
    {
        var (account, pending) = await EnrollingAsync(context, body.TempToken, SignInMethods.Totp, ct);
        var offered = (await accounts.FactorsAsync(account.Id, ct)).Totp ?? throw new GridException(GridError.Invalid, "Ask for a secret first: POST /api/auth/mfa/enroll.");
        if (Totp.Match(secrets.Open(account.Id, offered.Secret), body.Code, clock.GetUtcNow(), offered.LastStep) is not { } step || !await accounts.SpendTotpAsync(account.Id, step, ct))
            throw new GridException(GridError.Invalid, "code must be the one that the app shows now. Check the time of the device.");
        return await FinishAsync(body.TempToken!, account, pending with { Proved = "otp" }, ct);
    }

    /// <summary>Options of the ceremony that is next: of signing in by a passkey, or of enrolling the first one.</summary>
    public async Task<PasskeyOptionsAnswer> OptionsAsync(HttpContext context, string? tempToken, CancellationToken ct)
    {
        var (account, pending) = await signIns.PendingAsync(tempToken, ct);
        var factors = await accounts.FactorsAsync(account.Id, ct);
        if (factors.Passkeys > 0)
        {
            var request = await passkeys.MakeRequestOptionsAsync(account, context);
            await KeepAsync(tempToken!, pending with { Ceremony = request.AssertionState }, ct);
            return new("get", JsonElement.Parse(request.RequestOptionsJson));
        }

        await EnrollingAsync(context, tempToken, SignInMethods.Passkey, ct);
        var creation = await passkeys.MakeCreationOptionsAsync(new() { Id = account.Id.ToString("D"), Name = account.UserName!, DisplayName = account.DisplayName ?? account.UserName! }, context);
        await KeepAsync(tempToken!, pending with { Ceremony = creation.AttestationState }, ct);
        return new("create", JsonElement.Parse(creation.CreationOptionsJson));
    }

    public async Task<VerifyAnswer> AddPasskeyAsync(HttpContext context, PasskeyBody body, CancellationToken ct)
    {
        var (account, pending) = await EnrollingAsync(context, body.TempToken, SignInMethods.Passkey, ct);
        if (pending.Ceremony is not { } state) throw new GridException(GridError.Invalid, "Ask for options first: POST /api/auth/passkeys/options.");
        await KeepAsync(body.TempToken, pending with { Ceremony = null }, ct); // a challenge is good for one try
        var result = await passkeys.PerformAttestationAsync(new() { HttpContext = context, CredentialJson = body.Credential.GetRawText(), AttestationState = state });
        PasskeyFaults.Rethrow(result.Failure);
        if (!result.Succeeded || result.UserEntity.Id != account.Id.ToString("D") || !result.Passkey.IsUserVerified)
            throw new GridException(GridError.Invalid, "The passkey could not be verified. Begin again, and let the device ask for its PIN or fingerprint.");
        if (!await accounts.AddFirstPasskeyAsync(account.Id, result.Passkey, ct))
            throw new GridException(GridError.Invalid, "The passkey could not be kept: the account has a second factor by now. Begin again with name and password.");
        return await FinishAsync(body.TempToken, account, pending with { Proved = SignInMethods.HardwareKey, Ceremony = null }, ct);
    }

    private async Task<VerifyAnswer> FinishAsync(string tempToken, Account account, PendingSignIn proved, CancellationToken ct)
    {
        var codes = RecoveryCodes.Issue(key, account.Id);
        await accounts.SetRecoveryCodesAsync(account.Id, codes.Kept, ct);
        await KeepAsync(tempToken, proved, ct);
        return new(codes.Shown);
    }

    private async Task<(Account Account, PendingSignIn Pending)> EnrollingAsync(HttpContext context, string? tempToken, string method, CancellationToken ct)
    {
        var (account, pending) = await signIns.PendingAsync(tempToken, ct);
        var mine = await memberships.OfAccountAsync(account.Id, ct);
        if (mine.Count > 0) context.Audit().Member(mine[0]);
        var enrollable = SignInMethods.Enrollable(await accounts.FactorsAsync(account.Id, ct), await demands.DemandPasskeyAsync(mine, ct));
        if (enrollable.Contains(method)) return (account, pending);
        throw new GridException(GridError.Forbidden, enrollable.IsEmpty
            ? "The account has a second factor. A lost one is replaced by an administrator, with a second one's consent."
            : $"The account's roles, or a tenant's policy, demand {string.Join(" or ", enrollable)}.");
    }

    private async Task KeepAsync(string tempToken, PendingSignIn pending, CancellationToken ct)
    {
        if (!await tokens.ChangeAsync(tempToken, pending, ct)) throw new GridException(GridError.BadCredentials, "This sign-in is over. Begin again with name and password.");
    }
}
