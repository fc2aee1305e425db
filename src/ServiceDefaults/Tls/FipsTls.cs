using System.Net.Security;
using System.Runtime.Versioning;
using System.Security.Authentication;

namespace ComplianceGrid.ServiceDefaults.Tls;

/// <summary>TLS as NIST SP 800-52r2 §3.3.1 asks for: 1.2 and 1.3, AES-GCM, forward secrecy. No CBC, no ChaCha20, no RSA key exchange.</summary>
internal static class FipsTls
{
    public const SslProtocols Protocols = SslProtocols.Tls12 | SslProtocols.Tls13;

    private static readonly TlsCipherSuite[] Suites =
    [
        TlsCipherSuite.TLS_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    ];

    // Elsewhere the system's own policy decides (Windows: its FIPS mode).
    private static readonly CipherSuitesPolicy? Policy = OperatingSystem.IsLinux() ? NewPolicy() : null;

    /// <summary>The last word on a connection, whatever its endpoint's configuration says.</summary>
    public static void Apply(SslServerAuthenticationOptions tls, SslStreamCertificateContext? certificate)
    {
        tls.EnabledSslProtocols = Protocols;
        tls.AllowRenegotiation = false;
        if (OperatingSystem.IsLinux()) tls.CipherSuitesPolicy = Policy;
        if (certificate is null) return;
        tls.ServerCertificateSelectionCallback = null;
        tls.ServerCertificateContext = certificate;
    }

    /// <summary>The same for who connects, and shows its own certificate.</summary>
    public static void Apply(SslClientAuthenticationOptions tls, SslStreamCertificateContext certificate)
    {
        tls.EnabledSslProtocols = Protocols;
        tls.AllowRenegotiation = false;
        if (OperatingSystem.IsLinux()) tls.CipherSuitesPolicy = Policy;
        tls.LocalCertificateSelectionCallback = null;
        tls.ClientCertificateContext = certificate;
    }

    [SupportedOSPlatform("linux")]
    private static CipherSuitesPolicy NewPolicy() => new(Suites);
}
