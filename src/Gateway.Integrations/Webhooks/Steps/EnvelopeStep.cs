namespace ComplianceGrid.Gateway.Webhooks.Steps;

internal sealed class EnvelopeStep : IWebhookStep
{
    public ValueTask<Refusal?> RunAsync(WebhookContext context, CancellationToken ct)
    {
        context.Envelope = context.Vendor.Parse(context.Body);
        return new(context.Envelope is null ? new Refusal(GridError.Malformed, "The body is not this vendor's envelope.") : null);
    }
}
