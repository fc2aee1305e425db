using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ComplianceGrid.TestKit.People;

/// <summary>What an assertion or a new passkey is made to lie about; what is null is as it should be.</summary>
public sealed record Lie
{
    public string? Type { get; init; }
    public string? Origin { get; init; }
    public bool IsCrossOrigin { get; init; }
    public string? Challenge { get; init; }
    public string? RpId { get; init; }
    public bool IsUserAbsent { get; init; }
    public bool IsUserUnverified { get; init; }
    public uint? Counter { get; init; }
    public byte[]? CredentialId { get; init; }
    public string? UserHandle { get; init; }
}

/// <summary>
/// Browser and security key in one, for one passkey on P-256 with attestation <c>none</c> (WebAuthn Level 3, §6 and §7): makes of the
/// options of a ceremony what <c>PublicKeyCredential.toJSON()</c> gives. Written from the standard, not from what checks it.
/// </summary>
/// <param name="origin">Of the page that asks.</param>
public sealed class SoftwareAuthenticator(string origin) : IDisposable
{
    private const byte Present = 0x01, Verified = 0x04, Attested = 0x40;

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private string? _userHandle;

    public byte[] CredentialId { get; private init; } = RandomNumberGenerator.GetBytes(32);

    /// <summary>Signatures so far; set back, it is a copy's.</summary>
    public uint Counter { get; set; }

    /// <summary>Private key, credential id and counter, as text.</summary>
    public string Save() => $"{Spelled(_key.ExportPkcs8PrivateKey())}.{Spelled(CredentialId)}.{_userHandle}.{Counter}";

    /// <summary>The key that was saved, on a page of this origin.</summary>
    public static SoftwareAuthenticator Load(string origin, string saved)
    {
        var parts = saved.Split('.');
        var key = new SoftwareAuthenticator(origin)
        {
            CredentialId = Base64Url.DecodeFromChars(parts[1]),
            _userHandle = parts[2].Length == 0 ? null : parts[2],
            Counter = uint.Parse(parts[3], CultureInfo.InvariantCulture),
        };
        key._key.ImportPkcs8PrivateKey(Base64Url.DecodeFromChars(parts[0]), out _);
        return key;
    }

    /// <summary><c>navigator.credentials.create</c>.</summary>
    public JsonElement Create(JsonElement options, Lie? lie = null)
    {
        lie ??= new();
        var types = options.GetProperty("pubKeyCredParams").EnumerateArray().Select(parameter => parameter.GetProperty("alg").GetInt32());
        if (!types.Contains(-7)) throw new NotSupportedException("ES256 is not asked for.");
        var id = lie.CredentialId ?? CredentialId;
        _userHandle = options.GetProperty("user").GetProperty("id").GetString();
        var client = ClientData("webauthn.create", options, lie);
        byte[] attested = [.. new byte[16], (byte)(id.Length >> 8), (byte)id.Length, .. id, .. CoseKey()];
        var authenticator = AuthenticatorData(options.GetProperty("rp").GetProperty("id").GetString()!, Attested, attested, lie);
        // CBOR (RFC 8949): a map of three, {"fmt": "none", "attStmt": {}, "authData": bytes}.
        byte[] attestation = [0xA3, .. Text("fmt"), .. Text("none"), .. Text("attStmt"), 0xA0, .. Text("authData"), 0x59, (byte)(authenticator.Length >> 8), (byte)authenticator.Length, .. authenticator];
        return Credential(id, new
        {
            clientDataJSON = Spelled(client),
            attestationObject = Spelled(attestation),
            authenticatorData = Spelled(authenticator),
            publicKey = Spelled(_key.ExportSubjectPublicKeyInfo()),
            publicKeyAlgorithm = -7,
            transports = new[] { "usb" },
        });
    }

    /// <summary><c>navigator.credentials.get</c>.</summary>
    public JsonElement Get(JsonElement options, Lie? lie = null)
    {
        lie ??= new();
        var client = ClientData("webauthn.get", options, lie);
        Counter++;
        var authenticator = AuthenticatorData(options.GetProperty("rpId").GetString()!, 0, [], lie);
        var signature = _key.SignData([.. authenticator, .. SHA256.HashData(client)], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return Credential(lie.CredentialId ?? CredentialId, new
        {
            clientDataJSON = Spelled(client),
            authenticatorData = Spelled(authenticator),
            signature = Spelled(signature),
            userHandle = lie.UserHandle ?? _userHandle,
        });
    }

    public void Dispose() => _key.Dispose();

    private byte[] ClientData(string type, JsonElement options, Lie lie) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        type = lie.Type ?? type,
        challenge = lie.Challenge ?? options.GetProperty("challenge").GetString(),
        origin = lie.Origin ?? origin,
        crossOrigin = lie.IsCrossOrigin,
    });

    /// <summary>§6.1: hash of the RP id, flags, counter, and what is attested.</summary>
    private byte[] AuthenticatorData(string rpId, byte flags, byte[] attested, Lie lie)
    {
        if (!lie.IsUserAbsent) flags |= Present;
        if (!lie.IsUserUnverified) flags |= Verified;
        var counter = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(counter, lie.Counter ?? Counter);
        return [.. SHA256.HashData(Encoding.UTF8.GetBytes(lie.RpId ?? rpId)), flags, .. counter, .. attested];
    }

    /// <summary>RFC 9053 §7.1.1: {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y}.</summary>
    private byte[] CoseKey()
    {
        var point = _key.ExportParameters(includePrivateParameters: false).Q;
        return [0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20, .. point.X!, 0x22, 0x58, 0x20, .. point.Y!];
    }

    private static JsonElement Credential(byte[] id, object response) => JsonSerializer.SerializeToElement(new
    {
        id = Spelled(id),
        rawId = Spelled(id),
        type = "public-key",
        authenticatorAttachment = "cross-platform",
        clientExtensionResults = new { },
        response,
    });

    private static byte[] Text(string ascii) => [(byte)(0x60 | ascii.Length), .. Encoding.ASCII.GetBytes(ascii)];

    private static string Spelled(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
