using System.Runtime.Versioning;
using System.Security.Cryptography;
using ComplianceGrid.Api.Ledger;

namespace ComplianceGrid.Api.Tests.Ledger;

[SupportedOSPlatform("linux")]
public sealed class FileLedgerSignerTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public async Task It_signs_what_its_public_half_verifies()
    {
        Write(ECCurve.NamedCurves.nistP256);
        using var signer = FileLedgerSigner.Load(_path, "example.com/ledger");
        var key = await signer.KeyAsync(TestContext.Current.CancellationToken);

        var signature = await signer.SignAsync("text\n"u8.ToArray(), TestContext.Current.CancellationToken);

        Assert.Equal("example.com/ledger", key.Name);
        Assert.True(key.Verifies("text\n"u8, new(key.Name, key.KeyId, signature)));
        Assert.False(key.Verifies("texT\n"u8, new(key.Name, key.KeyId, signature)));
    }

    [Fact]
    public void A_file_open_to_others_absent_public_or_on_another_curve_is_refused()
    {
        using (var key = Write(ECCurve.NamedCurves.nistP256))
        {
            File.SetUnixFileMode(_path, OwnerOnly | UnixFileMode.GroupRead);
            Refused();
            File.WriteAllText(_path, key.ExportSubjectPublicKeyInfoPem());
            File.SetUnixFileMode(_path, OwnerOnly);
            Refused();
        }

        Write(ECCurve.NamedCurves.nistP384).Dispose();
        Refused();
        File.WriteAllText(_path, "no key");
        Refused();
        File.Delete(_path);
        Refused();
    }

    private void Refused() => Assert.Throws<InvalidOperationException>(() => FileLedgerSigner.Load(_path, "example.com/ledger"));

    private ECDsa Write(ECCurve curve)
    {
        var key = ECDsa.Create(curve);
        File.WriteAllText(_path, key.ExportPkcs8PrivateKeyPem());
        File.SetUnixFileMode(_path, OwnerOnly);
        return key;
    }
}
