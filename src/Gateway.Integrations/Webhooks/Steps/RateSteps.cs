using ComplianceGrid.Gateway.Webhooks.Limits;

namespace ComplianceGrid.Gateway.Webhooks.Steps;

/// <summary>First, before a byte of the body is read: one source cannot take the intake from the others.</summary>
internal sealed class SourceRateStep(IntakeLimits limits) : IWebhookStep
{
    public ValueTask<Refusal?> RunAsync(WebhookContext context, CancellationToken ct) =>
        new(limits.TrySource(context.Http.Connection.RemoteIpAddress));
}

internal sealed class ConnectionRateStep(IntakeLimits limits) : IWebhookStep
{
    public ValueTask<Refusal?> RunAsync(WebhookContext context, CancellationToken ct) =>
        new(limits.TryConnection(context.KnownConnection.Id));
}
