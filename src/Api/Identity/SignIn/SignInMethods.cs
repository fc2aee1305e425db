using System.Collections.Immutable;
using ComplianceGrid.Api.Identity.Accounts;
using ComplianceGrid.Api.Security;

namespace ComplianceGrid.Api.Identity.SignIn;

/// <summary>Which second factors are taken, from what the account has and what its roles demand. Pure.</summary>
internal static class SignInMethods
{
    public const string Totp = "totp";
    public const string RecoveryCode = "recovery_code";
    public const string Passkey = "passkey";

    /// <summary>RFC 8176: proved by a passkey or hardware key.</summary>
    public const string HardwareKey = "hwk";

    /// <summary>
    /// Whoever administers, guards, audits or sees medical detail proves it by a passkey or hardware key alone (IA-2(1), IA-2(8): resistant to
    /// phishing and replay).
    /// </summary>
    public static ImmutableArray<string> Usable(Factors factors, IEnumerable<string> roles)
    {
        var passkey = factors.Passkeys > 0 ? [Passkey] : ImmutableArray<string>.Empty;
        if (RoleTable.ArePrivileged(roles)) return passkey;
        return [.. passkey, .. factors.HasTotp ? [Totp] : Array.Empty<string>(), .. factors is { HasAny: true, RecoveryCodes.IsEmpty: false } ? [RecoveryCode] : Array.Empty<string>()];
    }

    /// <summary>What an account without any factor may enroll, and nothing else until it has.</summary>
    public static ImmutableArray<string> Enrollable(Factors factors, IEnumerable<string> roles) =>
        factors.HasAny ? [] : RoleTable.ArePrivileged(roles) ? [Passkey] : [Passkey, Totp];
}
