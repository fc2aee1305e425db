using System.Net.Sockets;
using System.Security.Authentication;
using ComplianceGrid.ServiceDefaults.Mail;
using MailKit;
using Microsoft.Extensions.Options;
using MimeKit;

namespace ComplianceGrid.Api.Identity.Mail;

internal sealed partial class SmtpMail(IOptions<MailOptions> options, TimeProvider time, ILogger<SmtpMail> log) : IMailSender
{
    public bool IsOn => true;

    public async Task SendAsync(OutgoingMail mail, CancellationToken ct)
    {
        using var message = Message(mail, options.Value.From, time.GetUtcNow());
        try
        {
            await SmtpDelivery.SendAsync(message, options.Value, time, ct);
        }
        catch (Exception error) when (error is CommandException or ProtocolException or AuthenticationException or MailKit.Security.AuthenticationException
            or MailKit.Security.SslHandshakeException or SocketException or IOException or TimeoutException)
        {
            LogNotSent(error.GetType().Name); // a server's words quote addresses
            throw new GridException(GridError.Unavailable, "The message could not be sent. Try again.");
        }
    }

    internal static MimeMessage Message(OutgoingMail mail, string from, DateTimeOffset now)
    {
        // The whole of it must be one address: the parser also takes names, and what has no domain or goes on in another line.
        if (!MailboxAddress.TryParse(mail.To, out var to) || to.Address != mail.To || to.Domain.Length == 0) throw new GridException(GridError.Invalid, "That is no mail address.");
        return new()
        {
            Date = now,
            From = { MailboxAddress.Parse(from) },
            To = { new MailboxAddress("", to.Address) },
            Subject = mail.Subject,
            Headers = { { "Auto-Submitted", "auto-generated" } }, // RFC 3834: no out-of-office answers
            Body = new TextPart("plain") { Text = mail.Text.ReplaceLineEndings("\r\n") },
        };
    }

    [LoggerMessage(6001, LogLevel.Warning, "A message to a user could not be handed to the mail server: {Kind}.")]
    private partial void LogNotSent(string kind);
}

internal sealed class NoMail : IMailSender
{
    public bool IsOn => false;

    public Task SendAsync(OutgoingMail mail, CancellationToken ct) =>
        throw new GridException(GridError.Unavailable, "Messages are not sent here. Ask your administrator for a reset.");
}
