using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ComplianceGrid.ServiceDefaults.Mail;
using ComplianceGrid.Silo.Ledger.Mail;
using ComplianceGrid.Storage.Audit.Notes;
using ComplianceGrid.TestKit;
using MimeKit;
using SmtpServer;
using SmtpServer.Authentication;
using SmtpServer.ComponentModel;
using SmtpServer.Protocol;
using SmtpServer.Storage;

namespace ComplianceGrid.Silo.Tests.Ledger;

/// <summary>Against a real SMTP server of this process: TLS, log-on, and what arrives.</summary>
public sealed class MailTargetTests(LedgerDatabase database) : IClassFixture<LedgerDatabase>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_auditor_gets_the_note_as_text_and_as_a_file_that_is_the_note_byte_for_byte()
    {
        await using var bed = await database.NewBedAsync();
        await using var server = await MailServer.StartAsync(bed.Folder);
        await bed.AppendAsync(bed.NewWriter(), "acme", 3, Ct);
        var checkpoint = await bed.PublishAsync("acme", Ct);

        await bed.NewDelivery(Target(bed, server.Options())).RunAsync(Ct);

        Assert.Equal("auditor/acme/0/3", await bed.DeliveriesAsync(Ct));
        Assert.NotEqual("", await bed.ScalarAsync<string>("SELECT receipt FROM audit.checkpoint_delivery", Ct));
        using var message = await MimeMessage.LoadAsync(new MemoryStream(Assert.Single(server.Received)), Ct);
        Assert.Equal(("Checkpoint of the audit log example.com/ledger/acme: 3 entries", "ada@auditors.example", "ledger@example.com", "checkpoint.acme.0.3@example.com"),
            (message.Subject, message.To.Mailboxes.Single().Address, message.From.Mailboxes.Single().Address, message.MessageId));
        Assert.Contains(checkpoint.Note.ToString(), message.TextBody!.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        var file = Assert.IsType<MimePart>(Assert.Single(message.Attachments));
        using var content = new MemoryStream();
        await file.Content!.DecodeToAsync(content, Ct);
        Assert.Equal("acme-0-3.note", file.FileName);
        Assert.Equal(checkpoint.Note.ToString(), Encoding.UTF8.GetString(content.ToArray()));
        Assert.Equal(3, bed.Verifier.Verify(SignedNote.Parse(content.ToArray())).Size);
    }

    [Fact]
    public async Task Nothing_is_sent_in_clear_to_another_host_or_with_a_wrong_password()
    {
        await using var bed = await database.NewBedAsync();
        await using var server = await MailServer.StartAsync(bed.Folder);
        await bed.AppendAsync(bed.NewWriter(), "acme", 3, Ct);
        await bed.PublishAsync("acme", Ct);
        var stranger = Path.Combine(bed.Folder, "stranger.pem");
        await File.WriteAllTextAsync(stranger, Certificates.Make().Authority.ExportCertificatePem(), Ct);
        var wrong = Path.Combine(bed.Folder, "wrong");
        await File.WriteAllTextAsync(wrong, "guess", Ct);

        foreach (var change in new Action<SmtpOptions>[]
                 {
                     options => options.AuthorityFile = null, // the system's authorities do not know it
                     options => options.AuthorityFile = stranger,
                     options => options.Host = "127.0.0.1", // the certificate is localhost's
                     options => options.PasswordFile = wrong,
                     options => options.Port = FreePorts.One(),
                 })
        {
            var options = server.Options();
            change(options);
            var delivery = bed.NewDelivery(Target(bed, options));
            await delivery.RunAsync(Ct);
            Assert.Equal(1, delivery.Undelivered.Count);
        }

        Assert.Empty(server.Received);
        Assert.Equal("", await bed.DeliveriesAsync(Ct));
        await bed.NewDelivery(Target(bed, server.Options())).RunAsync(Ct);
        Assert.Single(server.Received);
    }

    private static MailTarget Target(LedgerBed bed, SmtpOptions options) => new("auditor", "Ada <ada@auditors.example>", options, bed.Time);

    /// <summary>Takes mail over STARTTLS from who knows the password.</summary>
    private sealed class MailServer : MessageStore, IAsyncDisposable
    {
        private const string Password = "correct horse";
        private readonly ConcurrentQueue<byte[]> _received = [];
        private readonly CancellationTokenSource _stop = new();
        private readonly string _folder;
        private readonly int _port = FreePorts.One();
        private Task _running = Task.CompletedTask;

        private MailServer(string folder) => _folder = folder;

        public IReadOnlyCollection<byte[]> Received => _received;

        public static async Task<MailServer> StartAsync(string folder)
        {
            var server = new MailServer(folder);
            var (authority, certificate) = Certificates.Make();
            await File.WriteAllTextAsync(Path.Combine(folder, "authority.pem"), authority.ExportCertificatePem());
            await File.WriteAllTextAsync(Path.Combine(folder, "password"), Password + "\n");
            var options = new SmtpServerOptionsBuilder().ServerName("localhost").Endpoint(endpoint => endpoint
                .Endpoint(new IPEndPoint(IPAddress.Loopback, server._port)).Certificate(certificate).SupportedSslProtocols(SslProtocols.Tls12 | SslProtocols.Tls13)
                .AllowUnsecureAuthentication(false).AuthenticationRequired()).Build();
            var services = new ServiceProvider();
            services.Add(server);
            services.Add(new DelegatingUserAuthenticator((user, password) => user == "ledger" && password == Password));
            var smtp = new SmtpServer.SmtpServer(options, services);
            server._running = smtp.StartAsync(server._stop.Token);
            return server;
        }

        public SmtpOptions Options() => new()
        {
            Host = "localhost",
            Port = _port,
            From = "ledger@example.com",
            UserName = "ledger",
            PasswordFile = Path.Combine(_folder, "password"),
            AuthorityFile = Path.Combine(_folder, "authority.pem"),
        };

        public override Task<SmtpResponse> SaveAsync(ISessionContext context, IMessageTransaction transaction, ReadOnlySequence<byte> buffer, CancellationToken cancellationToken)
        {
            if (!context.Pipe.IsSecure || !context.Authentication.IsAuthenticated) return Task.FromResult(SmtpResponse.AuthenticationRequired);
            _received.Enqueue(buffer.ToArray());
            return Task.FromResult(SmtpResponse.Ok);
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _stop.Dispose();
        }
    }

    private static class Certificates
    {
        public static (X509Certificate2 Authority, X509Certificate2 Server) Make()
        {
            var (from, to) = (TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
            using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var authority = new CertificateRequest("CN=test authority", authorityKey, HashAlgorithmName.SHA256);
            authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            var root = authority.CreateSelfSigned(from, to);
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName("localhost");
            request.CertificateExtensions.Add(names.Build());
            using var signed = request.Create(root, from, to, RandomNumberGenerator.GetBytes(8));
            return (root, X509CertificateLoader.LoadPkcs12(signed.CopyWithPrivateKey(key).Export(X509ContentType.Pfx), null));
        }
    }
}
