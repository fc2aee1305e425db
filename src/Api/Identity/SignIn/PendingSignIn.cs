using System.Collections.Immutable;

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

    /// <summary>A factor that was enrolled, and so proved, in this very sign-in: <c>otp</c> or <c>hwk</c>.</summary>
    public string? Proved { get; init; }

    /// <summary>What a passkey's ceremony has to remember between its two halves.</summary>
    public string? Ceremony { get; init; }
}
