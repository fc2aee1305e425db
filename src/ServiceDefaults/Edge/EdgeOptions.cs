using System.ComponentModel.DataAnnotations;
using System.Net;

namespace ComplianceGrid.ServiceDefaults.Edge;

/// <summary>Section <c>Edge</c>: what stands between this host and the network.</summary>
public sealed class EdgeOptions : IValidatableObject
{
    public const string Section = "Edge";

    /// <summary>PEM file of the certificate that https listeners show, its chain after it. Read again when it changes. Empty: Kestrel's own configuration names one.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>PEM file of its private key, mode 600.</summary>
    public string? CertificateKeyFile { get; set; }

    /// <summary>Addresses and networks (<c>10.1.2.3</c>, <c>10.1.0.0/16</c>) of the proxies whose <c>X-Forwarded-For</c>, <c>-Proto</c> and <c>-Host</c> are believed. Empty: nobody's are.</summary>
    public string[] Proxies { get; set; } = [];

    /// <summary>How many proxies stand one behind the other: so many of the right-most forwarded values are believed, each if its sender is listed.</summary>
    [Range(1, 8)]
    public int Hops { get; set; } = 1;

    /// <summary>Origins (<c>https://app.example.com</c>) whose pages may call this host from a browser, compared to the letter. Never with cookies.</summary>
    public string[] Origins { get; set; } = [];

    /// <summary>Days for which a browser that came by https comes by nothing else (RFC 6797).</summary>
    [Range(1, 3650)]
    public int HstsDays { get; set; } = 365;

    internal IEnumerable<IPNetwork> Networks => Proxies.Select(text => NetworkOf(text)!.Value);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrEmpty(CertificateFile) != string.IsNullOrEmpty(CertificateKeyFile))
            yield return new("Edge:CertificateFile and Edge:CertificateKeyFile belong together: name both or neither.");
        foreach (var proxy in Proxies.Where(text => NetworkOf(text) is null))
            yield return new($"Edge:Proxies: '{proxy}' is neither an address nor a network such as 10.1.0.0/16.");
        foreach (var origin in Origins.Where(text => !IsOrigin(text)))
            yield return new($"Edge:Origins: '{origin}' is not an origin as browsers write it: scheme, host and port if it is not the usual one, nothing else.");
    }

    private static IPNetwork? NetworkOf(string text)
    {
        if (IPNetwork.TryParse(text, out var network)) return network.PrefixLength > 0 ? network : null; // everybody is no proxy
        return IPAddress.TryParse(text, out var address) ? new(address, address.GetAddressBytes().Length * 8) : null;
    }

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.GetLeftPart(UriPartial.Authority) == text;
}
