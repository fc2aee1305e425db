using System.Collections.Immutable;
using System.Net;

namespace ComplianceGrid.Api.Identity.Passkeys;

/// <summary>Who passkeys are for, and from which pages they are taken (WebAuthn §13.4.9). Pure.</summary>
internal sealed record RelyingParty(string Id, ImmutableArray<string> Origins)
{
    private const string Localhost = "localhost";

    public static RelyingParty Of(string issuer, PasskeyOptions options)
    {
        var address = new Uri(issuer);
        // Browsers know no passkeys of an IP address; whoever develops opens localhost instead, which is the same machine.
        if (IPAddress.TryParse(address.IdnHost, out var ip) && IPAddress.IsLoopback(ip)) address = new UriBuilder(address) { Host = Localhost }.Uri;
        return new(options.Domain ?? address.IdnHost, [.. options.Origins.Prepend(OriginOf(address)).Distinct(StringComparer.Ordinal)]);
    }

    /// <summary>Exactly, and never in a frame of another site.</summary>
    public bool Takes(string origin, bool isCrossOrigin) => !isCrossOrigin && Origins.Contains(origin, StringComparer.Ordinal);

    public IEnumerable<string> Failures()
    {
        if (Uri.CheckHostName(Id) != UriHostNameType.Dns)
            yield return "Passkeys:Domain must be a host name, since there are no passkeys for an IP address. Set it, or give Authentication:Issuer a name.";
        foreach (var origin in Origins.Skip(1).Where(origin => !IsOrigin(origin)))
            yield return $"Passkeys:Origins: {origin} is no origin as browsers write it (https://host[:port] in {Id}, without a path).";
        if (!Origins.Any(IsWithin)) yield return $"Passkeys:Domain: neither Authentication:Issuer nor one of Passkeys:Origins lies in {Id}.";
    }

    private bool IsOrigin(string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri) && OriginOf(uri) == origin && IsWithin(origin)
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IdnHost == Localhost));

    private bool IsWithin(string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri) && (uri.IdnHost == Id || uri.IdnHost.EndsWith($".{Id}", StringComparison.Ordinal));

    private static string OriginOf(Uri uri) => uri.IsDefaultPort ? $"{uri.Scheme}://{uri.IdnHost}" : $"{uri.Scheme}://{uri.IdnHost}:{uri.Port}";
}
