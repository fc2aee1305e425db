using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")] // file modes, cipher suites

namespace ComplianceGrid.ServiceDefaults.Tests.Edge;

/// <summary>A certificate for 127.0.0.1 that nobody has signed, as the two files that the host reads.</summary>
internal sealed class TestCertificate : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("edge-");

    public TestCertificate(string name = "first") => Write(name);

    public string File => Path.Combine(_folder.FullName, "edge.pem");
    public string KeyFile => Path.Combine(_folder.FullName, "edge.key");

    public Dictionary<string, string?> Settings(string urls = "https://127.0.0.1:0") =>
        new() { ["Urls"] = urls, ["Edge:CertificateFile"] = File, ["Edge:CertificateKeyFile"] = KeyFile };

    public static X509Certificate2 New(string name, RSA key)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    public void Write(string name)
    {
        using var key = RSA.Create(2048);
        using var certificate = New(name, key);
        System.IO.File.WriteAllText(KeyFile, key.ExportPkcs8PrivateKeyPem());
        System.IO.File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        System.IO.File.WriteAllText(File, certificate.ExportCertificatePem());
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
