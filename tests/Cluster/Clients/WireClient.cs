using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Cluster.Clients;

/// <summary>Calls the gateway's wire over HTTP, as silos do.</summary>
internal static class WireClient
{
    /// <summary>Shows the certificate of a role of this grid.</summary>
    public static HttpClient Of(LocalGrid grid, string role) => Showing(grid, X509Certificate2.CreateFromPemFile(Key(grid, $"wire-{role}.pem"), Key(grid, $"wire-{role}.key")));

    /// <param name="certificate">Null: none.</param>
    public static HttpClient Showing(LocalGrid grid, X509Certificate2? certificate) => new(new SocketsHttpHandler
    {
        SslOptions = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = new()
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { X509CertificateLoader.LoadCertificateFromFile(Key(grid, "wire-authority.pem")) },
                RevocationMode = X509RevocationMode.NoCheck,
            },
            ClientCertificates = certificate is null ? null : [certificate],
        },
    });

    private static string Key(LocalGrid grid, string name) => Path.Combine(grid.State, "keys", name);
}
