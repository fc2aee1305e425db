using System.Net;
using MailKit.Security;
using MimeKit;

namespace ComplianceGrid.ServiceDefaults.Mail;

/// <summary>A mail server, and how a host proves there who it is.</summary>
public class SmtpOptions
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

    /// <summary>Seconds that handing over one message may take, from the connection to the server's answer.</summary>
    public double TimeoutSeconds { get; set; } = 15;

    internal SecureSocketOptions SocketOptions => Security switch
    {
        SmtpSecurity.Tls => SecureSocketOptions.SslOnConnect,
        SmtpSecurity.None => SecureSocketOptions.None,
        SmtpSecurity.StartTls => SecureSocketOptions.StartTls,
        _ => throw new InvalidOperationException($"There is no security {Security}."),
    };

    /// <summary>What is wrong with it, each beginning with the setting's name.</summary>
    public IEnumerable<string> Failures()
    {
        if (Host.Length == 0) yield return "Host is missing.";
        if (Port is < 1 or > 65535) yield return "Port must be 1 to 65535.";
        if (TimeoutSeconds is not (>= 1 and <= 300)) yield return "TimeoutSeconds must be 1 to 300.";
        if (!MailboxAddress.TryParse(From, out _)) yield return "From must be a mail address.";
        if (Security == SmtpSecurity.None && !IsLoopback) yield return "Security may be None on this machine alone.";
        if (UserName is null != PasswordFile is null) yield return "UserName and PasswordFile belong together.";
    }

    private bool IsLoopback => Host == "localhost" || IPAddress.TryParse(Host, out var address) && IPAddress.IsLoopback(address);
}

public enum SmtpSecurity { StartTls, Tls, None }
