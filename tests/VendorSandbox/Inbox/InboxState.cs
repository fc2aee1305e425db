namespace ComplianceGrid.VendorSandbox.Inbox;

/// <summary>The last messages, newest first, in memory alone.</summary>
internal sealed class InboxState(TimeProvider time)
{
    private const int Most = 200;
    private readonly LinkedList<ReceivedMessage> _messages = [];

    public void Add(PostedMessage message)
    {
        lock (_messages)
        {
            _messages.AddFirst(new ReceivedMessage(time.GetUtcNow(), message.Channel, message.To, message.Subject, message.Text));
            if (_messages.Count > Most) _messages.RemoveLast();
        }
    }

    /// <param name="to">Null: to anybody.</param>
    public IReadOnlyList<ReceivedMessage> To(string? to)
    {
        lock (_messages) return [.. _messages.Where(message => to is null || message.To == to)];
    }
}

/// <param name="Channel"><c>sms</c> or <c>mail</c>.</param>
internal sealed record PostedMessage(string Channel, string To, string? Subject, string Text);

internal sealed record ReceivedMessage(DateTimeOffset At, string Channel, string To, string? Subject, string Text);
