namespace ComplianceGrid.Storage.Outbox;

/// <summary>Tells the relays of this process what it has committed for them. Only a hint: a relay looks for others' messages, and those tried again, by itself.</summary>
public sealed class OutboxHints
{
    /// <summary>Told of each kind (<see cref="OutboxKinds"/>) of message that was committed.</summary>
    public event Action<string>? Left;

    /// <summary>Call after the commit; never waits.</summary>
    internal void Signal(IEnumerable<OutboxMessage> committed)
    {
        foreach (var kind in committed.Select(message => message.Kind).Distinct()) Left?.Invoke(kind);
    }
}
