using ComplianceGrid.Api.Identity.Mail;
using ComplianceGrid.Api.Identity.SecondFactors;

namespace ComplianceGrid.Api.Identity.Inbox;

/// <summary>Where a developer reads what would have gone to a telephone or a mailbox: the sandbox's inbox page. Never a log, which is kept.</summary>
internal sealed class DevelopmentInbox(HttpClient http)
{
    public async Task PostAsync(InboxMessage message, CancellationToken ct)
    {
        try
        {
            using var answer = await http.PostAsJsonAsync("inbox", message, ct);
            answer.EnsureSuccessStatusCode();
        }
        catch (HttpRequestException)
        {
            throw new GridException(GridError.Unavailable, "The message could not be sent. Try again."); // the exception names the address
        }
    }
}

/// <param name="Channel"><c>sms</c> or <c>mail</c>.</param>
internal sealed record InboxMessage(string Channel, string To, string? Subject, string Text);

internal sealed class InboxSms(DevelopmentInbox inbox) : ISmsSender
{
    public bool IsOn => true;

    public Task SendAsync(string number, string text, CancellationToken ct) => inbox.PostAsync(new("sms", number, null, text), ct);
}

internal sealed class InboxMail(DevelopmentInbox inbox) : IMailSender
{
    public bool IsOn => true;

    public Task SendAsync(OutgoingMail mail, CancellationToken ct) => inbox.PostAsync(new("mail", mail.To, mail.Subject, mail.Text), ct);
}
