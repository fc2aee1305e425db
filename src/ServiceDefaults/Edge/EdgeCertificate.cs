using System.Net.Security;
using ComplianceGrid.ServiceDefaults.Tls;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.ServiceDefaults.Edge;

/// <summary>The certificate of <see cref="EdgeOptions.CertificateFile"/>.</summary>
internal sealed class EdgeCertificate(IOptions<EdgeOptions> options, TimeProvider clock, ILogger<RenewedCertificate> log)
{
    private readonly RenewedCertificate? _certificate = string.IsNullOrEmpty(options.Value.CertificateFile)
        ? null
        : new(EdgeOptions.Section, options.Value.CertificateFile, options.Value.CertificateKeyFile!, clock, log);

    /// <summary>Null: none is configured.</summary>
    /// <exception cref="InvalidOperationException">The first reading failed: the files are absent, open to others, or do not fit.</exception>
    public SslStreamCertificateContext? Current => _certificate?.Current;
}
