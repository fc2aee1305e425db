using ComplianceGrid.Gateway.Webhooks.Steps;

namespace ComplianceGrid.Gateway.Webhooks;

/// <summary>The intake. Reading the list is reading what is checked, in which order.</summary>
internal sealed class WebhookPipeline(IServiceProvider services)
{
    private readonly IWebhookStep[] _steps =
    [
        services.GetRequiredService<SourceRateStep>(),
        services.GetRequiredService<SizeStep>(),
        services.GetRequiredService<ContentTypeStep>(),
        services.GetRequiredService<ConnectionStep>(),
        services.GetRequiredService<ConnectionRateStep>(),
        services.GetRequiredService<SignatureStep>(),
        services.GetRequiredService<EnvelopeStep>(),
        services.GetRequiredService<CommitStep>(), // returns after the commit: only then is the sender told 200
    ];

    /// <summary>Null: taken and durable.</summary>
    public async ValueTask<Refusal?> RunAsync(WebhookContext context, CancellationToken ct)
    {
        foreach (var step in _steps)
        {
            if (await step.RunAsync(context, ct) is { } refusal) return refusal;
        }

        return null;
    }
}
