namespace ComplianceGrid.Storage.Inbox;

/// <summary><c>webhook_inbox.state</c>.</summary>
public enum InboxState : short
{
    Open = 0,
    Done = 1,
    /// <summary>A type that needs no action.</summary>
    Ignored = 2,
    /// <summary>Parked: the vendor's object belongs to no order of ours, or to none yet.</summary>
    Unmatched = 3,
    /// <summary>Parked: failed as often as it may.</summary>
    Failed = 4,
}
