using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using MailKit.Net.Smtp;
using MimeKit;

namespace ComplianceGrid.ServiceDefaults.Mail;

/// <summary>Hands one message to a mail server: over TLS to the server that is meant, in bounded time, or not at all.</summary>
public static class SmtpDelivery
{
    /// <returns>The server's answer.</returns>
    /// <exception cref="TimeoutException">It took longer than <see cref="SmtpOptions.TimeoutSeconds"/>; the message may have been taken.</exception>
    public static async Task<string> SendAsync(MimeMessage message, SmtpOptions options, TimeProvider time, CancellationToken ct)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(options.TimeoutSeconds), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, ct);
        try
        {
            return await SendAsync(message, options, either.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new TimeoutException("The mail server did not take the message in time.");
        }
    }

    private static async Task<string> SendAsync(MimeMessage message, SmtpOptions options, CancellationToken ct)
    {
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
        return answer;
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
