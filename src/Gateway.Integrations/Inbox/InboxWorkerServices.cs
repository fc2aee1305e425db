using ComplianceGrid.ServiceDefaults;
using ComplianceGrid.ServiceDefaults.Loops;

namespace ComplianceGrid.Gateway.Inbox;

internal static class InboxWorkerServices
{
    public static IServiceCollection AddInboxWorker(this IServiceCollection services)
    {
        services.AddOptions<InboxOptions>().BindConfiguration(InboxOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return services
            .AddJitter()
            .AddSingleton<LoopSignal>()
            .AddSingleton<InboxStep>()
            .AddSingleton<InboxLanes>()
            .AddSingleton<Backoff>()
            .AddGridLoop(InboxWorker.LoopName, provider => ActivatorUtilities.CreateInstance<InboxWorker>(provider));
    }
}
