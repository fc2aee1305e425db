using System.Net;
using MailKit.Security;
using MimeKit;

namespace ComplianceGrid.Silo.Ledger.Mail;

/// <summary>Section <c>Checkpoints:Smtp</c>.</summary>
internal sealed class SmtpOptions
{
    public string Host { get; set; } = "";

    public int Port { get; set; } = 587;

    public SmtpSecurity Security { get; set; } = SmtpSecurity.StartTls;

    /// <summary>PEM of the one authority whose certificates are good. Null: those that the system trusts.</summary>
    public string? AuthorityFile { get; set; }

    public string From { get; set; } = "";

    /// <summary>Null: the server asks for none.</summary>
    public string? UserName { get; set; }

    /// <summary>Read at each log-on, so that it can be changed.</summary>
    public string? PasswordFile { get; set; }

    public SecureSocketOptions SocketOptions => Security switch
    {
        SmtpSecurity.Tls => SecureSocketOptions.SslOnConnect,
        SmtpSecurity.None => SecureSocketOptions.None,
        SmtpSecurity.StartTls => SecureSocketOptions.StartTls,
        _ => throw new InvalidOperationException($"There is no security {Security}."),
    };

    public IEnumerable<string> Failures()
    {
        if (Host.Length == 0) yield return "Host is missing.";
        if (Port is < 1 or > 65535) yield return "Port must be 1 to 65535.";
        if (!MailboxAddress.TryParse(From, out _)) yield return "From must be a mail address.";
        if (Security == SmtpSecurity.None && !IsLoopback) yield return "Security may be None on this machine alone.";
        if (UserName is null != PasswordFile is null) yield return "UserName and PasswordFile belong together.";
    }

    private bool IsLoopback => Host == "localhost" || IPAddress.TryParse(Host, out var address) && IPAddress.IsLoopback(address);
}

internal enum SmtpSecurity { StartTls, Tls, None }
