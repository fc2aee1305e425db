using System.Globalization;
using System.Text;
using ComplianceGrid.ServiceDefaults.Mail;
using ComplianceGrid.Silo.Ledger.Delivery;
using ComplianceGrid.Storage.Audit.Notes;
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
        var answer = await SmtpDelivery.SendAsync(message, options, time, ct);
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
}
