namespace ComplianceGrid.Gateway.Webhooks.Steps;

/// <summary>The signature over the raw bytes, under any active key of the connection.</summary>
internal sealed class SignatureStep : IWebhookStep
{
    public ValueTask<Refusal?> RunAsync(WebhookContext context, CancellationToken ct) =>
        new(context.Vendor.IsSigned(context.Http.Request.Headers, context.Body.Span, context.KnownConnection.Keys)
            ? null
            : new Refusal(GridError.BadSignature, "The signature fits no active key of this connection."));
}
