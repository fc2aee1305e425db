using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.ServiceDefaults.Edge;

/// <summary>The certificate of <see cref="EdgeOptions.CertificateFile"/>. A renewed one is shown without a restart; one that cannot be read leaves the old one in place.</summary>
internal sealed partial class EdgeCertificate(IOptions<EdgeOptions> options, TimeProvider clock, ILogger<EdgeCertificate> log)
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(10);

    private readonly Lock _reading = new();
    private volatile Loaded? _loaded;
    private long _lookedAt;

    /// <summary>Null: none is configured.</summary>
    /// <exception cref="InvalidOperationException">The first reading failed: the files are absent, open to others, or do not fit.</exception>
    public SslStreamCertificateContext? Current
    {
        get
        {
            if (string.IsNullOrEmpty(options.Value.CertificateFile)) return null;
            if (_loaded is { } loaded && clock.GetElapsedTime(Volatile.Read(ref _lookedAt)) < Look) return loaded.Context;
            lock (_reading) return Read(options.Value.CertificateFile, options.Value.CertificateKeyFile!).Context;
        }
    }

    private Loaded Read(string file, string keyFile)
    {
        Volatile.Write(ref _lookedAt, clock.GetTimestamp());
        try
        {
            var written = (File.GetLastWriteTimeUtc(file), File.GetLastWriteTimeUtc(keyFile));
            if (_loaded is { } loaded && loaded.Written == written) return loaded;
            return _loaded = new(Load(file, keyFile), written);
        }
        catch (Exception error) when (_loaded is not null && error is InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            LogUnreadable(error); // half a renewal: the next look may find it whole
            return _loaded!;
        }
    }

    private static SslStreamCertificateContext Load(string file, string keyFile)
    {
        foreach (var one in new[] { file, keyFile })
            if (!File.Exists(one)) throw new InvalidOperationException($"Edge: the file {one} does not exist.");
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(keyFile) & Others) != 0)
            throw new InvalidOperationException($"Edge:CertificateKeyFile {keyFile} is open to others than its owner: chmod 600 it.");
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(file);
            return SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(file, keyFile), chain, offline: true);
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            throw new InvalidOperationException($"Edge:CertificateFile {file} and Edge:CertificateKeyFile {keyFile} are not a certificate and its private key in PEM.", error);
        }
    }

    private sealed record Loaded(SslStreamCertificateContext Context, (DateTime, DateTime) Written);

    [LoggerMessage(1, LogLevel.Error, "The renewed certificate cannot be read; the former one stays in use.")]
    private partial void LogUnreadable(Exception error);
}
