using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace ComplianceGrid.ServiceDefaults.Tls;

/// <summary>A certificate and its key in PEM files. A renewed one is shown without a restart; one that cannot be read leaves the old one in place.</summary>
/// <param name="section">Of the configuration that names the files, for messages.</param>
internal sealed partial class RenewedCertificate(string section, string file, string keyFile, TimeProvider clock, ILogger<RenewedCertificate> log)
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(10);

    private readonly Lock _reading = new();
    private volatile Loaded? _loaded;
    private long _lookedAt;

    /// <exception cref="InvalidOperationException">The first reading failed: the files are absent, open to others, or do not fit.</exception>
    public SslStreamCertificateContext Current
    {
        get
        {
            if (_loaded is { } loaded && clock.GetElapsedTime(Volatile.Read(ref _lookedAt)) < Look) return loaded.Context;
            lock (_reading) return Read().Context;
        }
    }

    private Loaded Read()
    {
        Volatile.Write(ref _lookedAt, clock.GetTimestamp());
        try
        {
            var written = (File.GetLastWriteTimeUtc(file), File.GetLastWriteTimeUtc(keyFile));
            if (_loaded is { } loaded && loaded.Written == written) return loaded;
            return _loaded = new(Load(), written);
        }
        catch (Exception error) when (_loaded is not null && error is InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            LogUnreadable(error); // half a renewal: the next look may find it whole
            return _loaded!;
        }
    }

    private SslStreamCertificateContext Load()
    {
        foreach (var one in new[] { file, keyFile })
            if (!File.Exists(one)) throw new InvalidOperationException($"{section}: the file {one} does not exist.");
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(keyFile) & Others) != 0)
            throw new InvalidOperationException($"{section}:CertificateKeyFile {keyFile} is open to others than its owner: chmod 600 it.");
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(file);
            return SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(file, keyFile), chain, offline: true);
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            throw new InvalidOperationException($"{section}:CertificateFile {file} and {section}:CertificateKeyFile {keyFile} are not a certificate and its private key in PEM.", error);
        }
    }

    private sealed record Loaded(SslStreamCertificateContext Context, (DateTime, DateTime) Written);

    [LoggerMessage(1, LogLevel.Error, "The renewed certificate cannot be read; the former one stays in use.")]
    private partial void LogUnreadable(Exception error);
}
