namespace ComplianceGrid.Storage.Inbox;

/// <summary>The end of a webhook's work on its way to a transaction.</summary>
internal sealed record Completion(LeasedWebhook Webhook, VendorFinding Finding)
{
    /// <summary>False: the lease had been taken over.</summary>
    public TaskCompletionSource<bool> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
