using System.Collections.Immutable;
using ComplianceGrid.Api.Identity.SecondFactors;

namespace ComplianceGrid.Api.Identity.SignIn;

/// <summary>A sign-in whose password was right, kept behind its <c>temp_token</c> until the second factor comes.</summary>
internal sealed record PendingSignIn
{
    public const string Purpose = "sign-in";

    /// <summary>The tenants to choose from.</summary>
    public required ImmutableArray<string> Tenants { get; init; }

    /// <summary>The try that the password was reserved as; the first try of a second factor counts as the same.</summary>
    public Guid? Attempt { get; init; }

    public string? Device { get; init; }

    /// <summary>A factor that was enrolled, and so proved, in this very sign-in: <c>otp</c>, <c>sms</c> or <c>hwk</c>.</summary>
    public string? Proved { get; init; }

    /// <summary>What a passkey's ceremony has to remember between its two halves.</summary>
    public string? Ceremony { get; init; }

    /// <summary>The newest code that was sent to a telephone: to the account's own, or to the one that is being enrolled.</summary>
    public SmsCode? Sms { get; init; }

    /// <summary>The number that is being enrolled, sealed.</summary>
    public string? Telephone { get; init; }

    /// <summary>To be kept before a try is looked at. The next one is a try of its own, a passkey's challenge is good for one, and a code that was sent for a few.</summary>
    public PendingSignIn Spend(Proof proof) => this with
    {
        Attempt = null,
        Ceremony = proof.Passkey is null ? Ceremony : null,
        Sms = proof.Method == SignInMethods.Sms ? Sms?.Spend() : Sms,
    };
}
