using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ComplianceGrid.ServiceDefaults.Tls;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Connections.Security;

namespace ComplianceGrid.ServiceDefaults.Wire;

/// <summary>
/// Mutual TLS between the grid's processes: each end shows a certificate of the private authority and admits one role. Nobody asks whether a certificate was
/// revoked: they are short-lived, and the authority signs no others.
/// </summary>
public sealed class GridWire
{
    private readonly RenewedCertificate _own;
    private readonly X509Certificate2Collection _authorities = [];

    public GridWire(IOptions<WireOptions> options, TimeProvider clock, ILoggerFactory loggers)
    {
        var it = options.Value;
        _own = new(WireOptions.Section, it.CertificateFile!, it.CertificateKeyFile!, clock, loggers.CreateLogger<RenewedCertificate>());
        if (!File.Exists(it.AuthorityFile)) throw new InvalidOperationException($"Wire: the file {it.AuthorityFile} does not exist.");
        try
        {
            _authorities.ImportFromPemFile(it.AuthorityFile);
        }
        catch (CryptographicException error)
        {
            throw new InvalidOperationException($"Wire:AuthorityFile {it.AuthorityFile} is not of certificates in PEM.", error);
        }

        if (_authorities.Count == 0) throw new InvalidOperationException($"Wire:AuthorityFile {it.AuthorityFile} holds no certificate.");
        _ = _own.Current; // what cannot be read is told at the start
    }

    /// <summary>For connections that come in: from processes of this role alone.</summary>
    public TlsOptions Admit(WireRole role) => new()
    {
        LocalServerCertificateSelector = (_, _) => _own.Current.TargetCertificate,
        RemoteCertificateMode = RemoteCertificateMode.RequireCertificate,
        RemoteCertificateValidation = (certificate, _, errors) => IsOf(role, certificate, errors),
        OnAuthenticateAsServer = (_, tls) =>
        {
            var server = (SslServerAuthenticationOptions)tls.SslServerAuthenticationOptions;
            FipsTls.Apply(server, _own.Current);
            server.CertificateChainPolicy = Trust();
        },
    };

    /// <summary>For connections to processes of this role.</summary>
    public TlsOptions Reach(WireRole role) => new()
    {
        LocalClientCertificateSelector = (_, _, _, _, _) => _own.Current.TargetCertificate,
        ClientCertificateMode = RemoteCertificateMode.AllowCertificate, // the selector's word counts; "require" looks at a fixed certificate
        RemoteCertificateMode = RemoteCertificateMode.RequireCertificate,
        RemoteCertificateValidation = (certificate, _, errors) => IsOf(role, certificate, errors),
        OnAuthenticateAsClient = (_, tls) =>
        {
            var client = (SslClientAuthenticationOptions)tls.SslClientAuthenticationOptions;
            FipsTls.Apply(client, _own.Current);
            client.TargetHost = role.Name();
            client.CertificateChainPolicy = Trust();
        },
    };

    /// <summary>The same for connections that come in over HTTP.</summary>
    internal void Admit(WireRole role, HttpsConnectionAdapterOptions https)
    {
        https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
        https.ClientCertificateValidation = (certificate, _, errors) => IsOf(role, certificate, errors);
        https.ServerCertificateSelector = (_, _) => _own.Current.TargetCertificate;
        https.OnAuthenticate = (_, tls) =>
        {
            FipsTls.Apply(tls, _own.Current);
            tls.CertificateChainPolicy = Trust();
        };
    }

    /// <summary>For HTTP calls of processes of this role. It shows the certificate of the moment it was made: make another one now and then.</summary>
    public SocketsHttpHandler NewHandler(WireRole role)
    {
        var tls = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = Trust(),
            // The handler asks for the name in the address, which says where a process is; what it is stands in its certificate.
            RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                certificate is X509Certificate2 shown && IsOf(role, shown, errors & ~SslPolicyErrors.RemoteCertificateNameMismatch),
        };
        FipsTls.Apply(tls, _own.Current);
        return new() { SslOptions = tls, AllowAutoRedirect = false, UseCookies = false, UseProxy = false };
    }

    private static bool IsOf(WireRole role, X509Certificate2 certificate, SslPolicyErrors errors) =>
        errors == SslPolicyErrors.None && certificate.MatchesHostname(role.Name(), allowWildcards: false, allowCommonName: false);

    private X509ChainPolicy Trust()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(_authorities);
        return policy;
    }
}
