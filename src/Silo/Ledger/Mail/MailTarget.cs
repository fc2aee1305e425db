using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ComplianceGrid.Silo.Ledger.Delivery;
using ComplianceGrid.Storage.Audit.Notes;
using MailKit.Net.Smtp;
using MimeKit;

namespace ComplianceGrid.Silo.Ledger.Mail;

/// <summary>Mails checkpoints to an auditor, who can hold the log to any of them at any time.</summary>
internal sealed class MailTarget(string name, string to, SmtpOptions options, TimeProvider time) : ICheckpointTarget
{
    private const int LongestReceipt = 500;

    public string Name => name;

    public bool TakesAll => false;

    public async Task<string> DeliverAsync(LogCheckpoint checkpoint, CancellationToken ct)
    {
        using var message = Message(checkpoint);
        using var authority = options.AuthorityFile is { } file ? X509CertificateLoader.LoadCertificateFromFile(file) : null;
        using var smtp = new SmtpClient();
        if (authority is not null)
        {
            smtp.CheckCertificateRevocation = false; // a private authority publishes none
            smtp.ServerCertificateValidationCallback = (_, certificate, _, errors) => IsBy(authority, certificate, errors);
        }

        await smtp.ConnectAsync(options.Host, options.Port, options.SocketOptions, ct);
        if (options.UserName is { } user) await smtp.AuthenticateAsync(user, (await File.ReadAllTextAsync(options.PasswordFile!, ct)).Trim(), ct);
        var answer = await smtp.SendAsync(message, ct);
        await smtp.DisconnectAsync(quit: true, ct);
        return answer.Length <= LongestReceipt ? answer : answer[..LongestReceipt];
    }

    private MimeMessage Message(LogCheckpoint checkpoint)
    {
        var origin = Checkpoint.Parse(checkpoint.Note.Text).Origin;
        var file = string.Create(CultureInfo.InvariantCulture, $"{checkpoint.Tenant}-{checkpoint.Epoch}-{checkpoint.Size}.note");
        var body = new BodyBuilder
        {
            TextBody = string.Create(CultureInfo.InvariantCulture, $"""
                This is a signed checkpoint of the audit log {origin}: what it was when it had {checkpoint.Size} entries.
                Keep it. Whoever runs the log cannot change, remove or add any of these entries without contradicting it:
                "./grid verify --checkpoint {file}" holds the log to it.

                {checkpoint.Note}
                """).ReplaceLineEndings("\r\n"),
        };
        // Not as text, whose line ends would be changed.
        body.Attachments.Add(file, Encoding.UTF8.GetBytes(checkpoint.Note.ToString()), new ContentType("application", "octet-stream"));
        return new()
        {
            // The same for each repeat, so that a mailbox can tell.
            MessageId = string.Create(CultureInfo.InvariantCulture,
                $"checkpoint.{checkpoint.Tenant}.{checkpoint.Epoch}.{checkpoint.Size}@{MailboxAddress.Parse(options.From).Domain}"),
            Date = time.GetUtcNow(),
            From = { MailboxAddress.Parse(options.From) },
            To = { MailboxAddress.Parse(to) },
            Subject = string.Create(CultureInfo.InvariantCulture, $"Checkpoint of the audit log {origin}: {checkpoint.Size} entries"),
            Body = body.ToMessageBody(),
        };
    }

    private static bool IsBy(X509Certificate2 authority, X509Certificate? certificate, SslPolicyErrors errors)
    {
        if (certificate is null || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != 0) return false; // another host's
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        using var presented = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        return chain.Build(presented);
    }
}
