using ComplianceGrid.Storage.Events;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ComplianceGrid.Storage.Inbox;

public static class InboxServices
{
    /// <summary>
    /// The gateway's tables. Needs an <c>NpgsqlDataSource</c> of role <c>grid_gateway</c>, an <c>IMasterKey</c> of the
    /// gateway's own and a <c>TimeProvider</c>.
    /// </summary>
    public static IServiceCollection AddInboxStorage(this IServiceCollection services)
    {
        services.TryAddSingleton<EventHints>();
        return services
            .AddSingleton<WebhookInbox>()
            .AddSingleton<InboxLeases>()
            .AddSingleton<InboxMonitor>()
            .AddSingleton<AuditOutbox>()
            .AddSingleton<VendorEvents>()
            .AddSingleton<VendorReferences>()
            .AddSingleton<VendorConnections>()
            .AddSingleton<GatewayKeys>()
            .AddSingleton<GatewayVault>();
    }
}
