using ComplianceGrid.Gateway.Webhooks.Limits;
using ComplianceGrid.Gateway.Webhooks.Steps;
using ComplianceGrid.Storage.Inbox;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.Gateway.Webhooks;

internal static class IntakeServices
{
    private const int MostLanes = 16;

    public static IServiceCollection AddWebhookIntake(this IServiceCollection services)
    {
        services.AddOptions<IntakeOptions>().BindConfiguration(IntakeOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<CommitBatch>(provider => provider.GetRequiredService<WebhookInbox>().CommitAsync)
            .AddSingleton<CommitQueue>().AddSingleton<IntakeLimits>()
            .AddSingleton<WebhookPipeline>().AddSingleton<WebhookIntake>()
            .AddSingleton<SourceRateStep>().AddSingleton<SizeStep>().AddSingleton<ContentTypeStep>().AddSingleton<ConnectionStep>()
            .AddSingleton<ConnectionRateStep>().AddSingleton<SignatureStep>().AddSingleton<EnvelopeStep>().AddSingleton<CommitStep>();
        return services.AddSingleton<IHostedService, CommitLanes>();
    }

    /// <summary>As many lanes as configured.</summary>
    private sealed class CommitLanes(IServiceProvider services, IOptions<IntakeOptions> options) : IHostedService
    {
        private readonly CommitLane[] _lanes = [.. Enumerable.Range(0, Math.Min(MostLanes, options.Value.CommitLanes))
            .Select(i => ActivatorUtilities.CreateInstance<CommitLane>(services, $"webhook-commit-{i}", i == 0))];

        public Task StartAsync(CancellationToken cancellationToken) => Task.WhenAll(_lanes.Select(lane => lane.StartAsync(cancellationToken)));

        public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAll(_lanes.Select(lane => lane.StopAsync(cancellationToken)));
    }
}
