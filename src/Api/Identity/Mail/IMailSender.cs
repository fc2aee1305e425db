namespace ComplianceGrid.Api.Identity.Mail;

/// <summary>Sends a message to a user. It waits for the server: not on a path whose time must not tell whether somebody has an account.</summary>
internal interface IMailSender
{
    /// <summary>False: no server is configured, and what would need a message is not offered.</summary>
    bool IsOn { get; }

    /// <exception cref="GridException"><see cref="GridError.Unavailable"/>: it is not known to be taken. A repeat sends it again.</exception>
    Task SendAsync(OutgoingMail mail, CancellationToken ct);
}

/// <param name="To">An address, without a name.</param>
internal sealed record OutgoingMail(string To, string Subject, string Text);
