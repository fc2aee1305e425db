using System.Collections.Immutable;
using ComplianceGrid.Api.Identity.Accounts;

namespace ComplianceGrid.Api.Identity.SignIn;

/// <summary>Which second factors are taken, from what the account has and what is demanded of it. Pure.</summary>
internal static class SignInMethods
{
    public const string Totp = "totp";
    public const string RecoveryCode = "recovery_code";
    public const string Passkey = "passkey";

    /// <summary>A code that is sent to a telephone; in RFC 8176 it has the same name.</summary>
    public const string Sms = "sms";

    /// <summary>RFC 8176: proved by a passkey or hardware key.</summary>
    public const string HardwareKey = "hwk";

    /// <summary>RFC 8176: proved by a code of an app, or a recovery code.</summary>
    public const string OneTimeCode = "otp";

    /// <param name="passkeyOnly">See <see cref="FactorDemands"/>.</param>
    /// <param name="sms">Whether this installation sends codes.</param>
    public static ImmutableArray<string> Usable(Factors factors, bool passkeyOnly, bool sms)
    {
        var passkey = factors.Passkeys > 0 ? [Passkey] : ImmutableArray<string>.Empty;
        if (passkeyOnly) return passkey;
        return
        [
            .. passkey,
            .. factors.HasTotp ? [Totp] : Array.Empty<string>(),
            .. sms && factors.Telephone is not null ? [Sms] : Array.Empty<string>(),
            .. factors is { HasAny: true, RecoveryCodes.IsEmpty: false } ? [RecoveryCode] : Array.Empty<string>(),
        ];
    }

    /// <summary>What an account without any factor may enroll, and nothing else until it has.</summary>
    public static ImmutableArray<string> Enrollable(Factors factors, bool passkeyOnly, bool sms) =>
        factors.HasAny ? [] : passkeyOnly ? [Passkey] : sms ? [Passkey, Totp, Sms] : [Passkey, Totp];
}
