using System.ComponentModel.DataAnnotations;

namespace ComplianceGrid.Api.Identity.Passkeys;

/// <summary>Section <c>Passkeys</c> (WebAuthn Level 3). User verification is always demanded: possession alone is no second factor.</summary>
public sealed class PasskeyOptions
{
    public const string Section = "Passkeys";

    /// <summary>
    /// The RP id: the host name that passkeys are bound to, which must be that of the pages that ask for them, or one that it lies in. Never an
    /// IP address (WebAuthn §5.1.2). Null: the host of <c>Authentication:Issuer</c>, or <c>localhost</c> where that is a loopback address.
    /// <b>With another one every passkey is void.</b>
    /// </summary>
    [RegularExpression("^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$", ErrorMessage = "Passkeys:Domain must be a host name in lower case, without scheme and port.")]
    public string? Domain { get; set; }

    /// <summary>Origins of pages that may ask for a passkey besides that of <c>Authentication:Issuer</c>: <c>https://app.example.com</c>, exactly.</summary>
    public IReadOnlyList<string> Origins { get; set; } = [];

    /// <summary>How long a browser waits for the device.</summary>
    [Range(30, 600)]
    public int TimeoutSeconds { get; set; } = 300;

    /// <summary>
    /// What a device is asked to tell of its make (WebAuthn §5.4.7). Anything but <see cref="PasskeyAttestation.None"/> needs somebody who checks it:
    /// set <see cref="Microsoft.AspNetCore.Identity.IdentityPasskeyOptions.VerifyAttestationStatement"/> with
    /// <c>services.Configure&lt;IdentityPasskeyOptions&gt;</c>. It is given the attestation object (CBOR, WebAuthn §6.5.4) and the hash of the client
    /// data, and answers whether such a device is taken.
    /// </summary>
    public PasskeyAttestation Attestation { get; set; }
}

public enum PasskeyAttestation
{
    None = 0,
    Indirect = 1,
    Direct = 2,
    Enterprise = 3,
}
