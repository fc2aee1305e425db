using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ComplianceGrid.TestKit;

/// <summary>A private authority of the test's own, and a certificate of it: what <c>./grid up</c> makes for a role of the grid.</summary>
public sealed class PrivateAuthority : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wire-");

    public PrivateAuthority(string name)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=a test's authority", authorityKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var authority = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new("1.3.6.1.5.5.7.3.1"), new("1.3.6.1.5.5.7.3.2")], false)); // server, client
        using var certificate = request.Create(authority, now.AddDays(-1), now.AddHours(1), [1, 2, 3]);
        File.WriteAllText(CertificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(AuthorityFile, authority.ExportCertificatePem());
        File.WriteAllText(KeyFile, key.ExportPkcs8PrivateKeyPem());
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public string CertificateFile => Path.Combine(_folder.FullName, "wire.pem");

    public string KeyFile => Path.Combine(_folder.FullName, "wire.key");

    public string AuthorityFile => Path.Combine(_folder.FullName, "authority.pem");

    public void Dispose() => _folder.Delete(recursive: true);
}
