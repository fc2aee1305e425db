using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;

namespace ComplianceGrid.ServiceDefaults.Tests.Edge;

/// <summary>Over real sockets, by clients that offer one thing only.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly TestCertificate _certificate = new();

    public void Dispose() => _certificate.Dispose();

    [Theory]
    [InlineData(SslProtocols.Tls13, TlsCipherSuite.TLS_AES_128_GCM_SHA256)]
    [InlineData(SslProtocols.Tls13, TlsCipherSuite.TLS_AES_256_GCM_SHA384)]
    [InlineData(SslProtocols.Tls12, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256)]
    [InlineData(SslProtocols.Tls12, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384)]
    public async Task What_is_approved_is_spoken(SslProtocols protocol, TlsCipherSuite suite)
    {
        await using var app = await TestApp.StartAsync(settings: _certificate.Settings(), ct: TestContext.Current.CancellationToken);
        Assert.Equal((protocol, suite), await GreetAsync(app.Address.Port, protocol, suite));
    }

    [Theory]
    [InlineData(SslProtocols.Tls13, TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256)]
    [InlineData(SslProtocols.Tls12, TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256)]
    [InlineData(SslProtocols.Tls12, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256)]
    [InlineData(SslProtocols.Tls12, TlsCipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256)]
    public async Task What_is_not_approved_is_refused_though_client_and_machine_could_speak_it(SslProtocols protocol, TlsCipherSuite suite)
    {
        Assert.Equal((protocol, suite), await GreetAnyAsync(protocol, suite));
        await using var app = await TestApp.StartAsync(settings: _certificate.Settings(), ct: TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<Exception>(() => GreetAsync(app.Address.Port, protocol, suite));
        Assert.Equal(SslProtocols.Tls13, (await GreetAsync(app.Address.Port, SslProtocols.Tls13, TlsCipherSuite.TLS_AES_128_GCM_SHA256)).Protocol); // it still answers others
    }

    [Theory]
    [InlineData("0301"), InlineData("0302")] // TLS 1.0 and 1.1, RFC 8996
    public async Task An_old_protocol_is_refused(string version)
    {
        await using var app = await TestApp.StartAsync(settings: _certificate.Settings(), ct: TestContext.Current.CancellationToken);
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, app.Address.Port, TestContext.Current.CancellationToken);
        var stream = socket.GetStream();
        // A ClientHello (RFC 4346 §7.4.1.2) by hand: this machine's own library would not speak so old a protocol, whatever the server does.
        // ECDHE-RSA-AES128-CBC-SHA and RSA-AES128-CBC-SHA; extensions: the groups x25519 and P-256, points uncompressed.
        var hello = version + new string('7', 64) + "00" + "0004" + "c013" + "002f" + "0100" + "0010" + "000a00060004001d0017" + "000b00020100";
        var handshake = $"01{hello.Length / 2:x6}{hello}";
        await stream.WriteAsync(Convert.FromHexString($"16{version}{handshake.Length / 2:x4}{handshake}"), TestContext.Current.CancellationToken);
        var answer = new byte[7];
        await stream.ReadExactlyAsync(answer, TestContext.Current.CancellationToken);
        Assert.Equal((21, 2, 70), (answer[0], answer[5], answer[6])); // alert, fatal, protocol_version
    }

    [Fact]
    public async Task An_endpoints_own_configuration_cannot_weaken_it()
    {
        var settings = new Dictionary<string, string?>
        {
            ["Urls"] = null,
            ["Kestrel:Endpoints:Own:Url"] = "https://127.0.0.1:0",
            ["Kestrel:Endpoints:Own:SslProtocols:0"] = "Tls11",
            ["Kestrel:Endpoints:Own:SslProtocols:1"] = "Tls12",
            ["Kestrel:Endpoints:Own:Certificate:Path"] = _certificate.File,
            ["Kestrel:Endpoints:Own:Certificate:KeyPath"] = _certificate.KeyFile,
        };
        await using var app = await TestApp.StartAsync(settings: settings, ct: TestContext.Current.CancellationToken);
        Assert.Equal(SslProtocols.Tls13, (await GreetAsync(app.Address.Port, SslProtocols.Tls13, TlsCipherSuite.TLS_AES_256_GCM_SHA384)).Protocol);
        await Assert.ThrowsAnyAsync<Exception>(() => GreetAsync(app.Address.Port, SslProtocols.Tls12, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256));
    }

    [Fact]
    public async Task A_renewed_certificate_is_shown_without_a_restart_and_half_a_renewal_is_not()
    {
        var clock = new FakeTimeProvider();
        await using var app = await TestApp.StartAsync(settings: _certificate.Settings(), build: builder => builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(clock)), ct: TestContext.Current.CancellationToken);
        Assert.Equal("CN=first", await SubjectAsync(app.Address.Port));

        var whole = await File.ReadAllTextAsync(_certificate.File, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_certificate.File, "half", TestContext.Current.CancellationToken);
        clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal("CN=first", await SubjectAsync(app.Address.Port));

        Assert.StartsWith("-----BEGIN", whole);
        _certificate.Write("second");
        clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal("CN=second", await SubjectAsync(app.Address.Port));
    }

    [Fact]
    public async Task A_key_that_others_can_read_or_that_fits_no_certificate_keeps_the_host_from_starting()
    {
        File.SetUnixFileMode(_certificate.KeyFile, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.Contains("chmod 600", await FailureAsync());
        File.SetUnixFileMode(_certificate.KeyFile, UnixFileMode.UserRead);
        File.Delete(_certificate.File);
        Assert.Contains("does not exist", await FailureAsync());
        using (var other = new TestCertificate()) File.Copy(other.File, _certificate.File);
        Assert.Contains("are not a certificate and its private key", await FailureAsync());
    }

    private async Task<string> FailureAsync() =>
        (await Assert.ThrowsAnyAsync<Exception>(async () => await TestApp.StartAsync(settings: _certificate.Settings(), ct: TestContext.Current.CancellationToken))).ToString();

    private static async Task<(SslProtocols Protocol, TlsCipherSuite Suite)> GreetAsync(int port, SslProtocols protocol, TlsCipherSuite suite)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
        await using var tls = new SslStream(socket.GetStream());
        await tls.AuthenticateAsClientAsync(Offering(protocol, suite), TestContext.Current.CancellationToken);
        await tls.WriteAsync("GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(tls);
        Assert.Equal("HTTP/1.1 200 OK", await reader.ReadLineAsync(TestContext.Current.CancellationToken)); // TLS 1.3 tells a client of a refusal after its handshake
        return (tls.SslProtocol, tls.NegotiatedCipherSuite);
    }

    /// <summary>The same client against a server that takes whatever comes.</summary>
    private static async Task<(SslProtocols, TlsCipherSuite)> GreetAnyAsync(SslProtocols protocol, TlsCipherSuite suite)
    {
        using var key = RSA.Create(2048);
        using var certificate = TestCertificate.New("any", key);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, ((IPEndPoint)listener.LocalEndpoint).Port, TestContext.Current.CancellationToken);
        using var accepted = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        await using var server = new SslStream(accepted.GetStream());
        await using var client = new SslStream(socket.GetStream());
        await Task.WhenAll(
            server.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate, EnabledSslProtocols = protocol, CipherSuitesPolicy = new([suite]) }, TestContext.Current.CancellationToken),
            client.AuthenticateAsClientAsync(Offering(protocol, suite), TestContext.Current.CancellationToken));
        return (client.SslProtocol, client.NegotiatedCipherSuite);
    }

    private static async Task<string> SubjectAsync(int port)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
        await using var tls = new SslStream(socket.GetStream());
        await tls.AuthenticateAsClientAsync(Offering(SslProtocols.Tls13, TlsCipherSuite.TLS_AES_128_GCM_SHA256), TestContext.Current.CancellationToken);
        return tls.RemoteCertificate!.Subject;
    }

    private static SslClientAuthenticationOptions Offering(SslProtocols protocol, TlsCipherSuite suite) => new()
    {
        TargetHost = "127.0.0.1",
        EnabledSslProtocols = protocol,
        CipherSuitesPolicy = new([suite]),
        RemoteCertificateValidationCallback = (_, _, _, _) => true,
    };
}
