using System.Security.Cryptography;
using ComplianceGrid.ServiceDefaults.Loops;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.Gateway.Inbox;

internal static class InboxWorkerServices
{
    public static IServiceCollection AddInboxWorker(this IServiceCollection services)
    {
        services.AddOptions<InboxOptions>().BindConfiguration(InboxOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return services
            .AddSingleton<InboxSignal>()
            .AddSingleton<InboxStep>()
            .AddSingleton(provider => new Backoff(provider.GetRequiredService<IOptions<InboxOptions>>(), new Random(RandomNumberGenerator.GetInt32(int.MaxValue))))
            .AddGridLoop(InboxWorker.LoopName, provider => ActivatorUtilities.CreateInstance<InboxWorker>(provider));
    }
}
