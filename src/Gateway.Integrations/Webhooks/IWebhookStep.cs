namespace ComplianceGrid.Gateway.Webhooks;

/// <summary>One step of the intake: adds what it found out to the context, or refuses.</summary>
internal interface IWebhookStep
{
    ValueTask<Refusal?> RunAsync(WebhookContext context, CancellationToken ct);
}
