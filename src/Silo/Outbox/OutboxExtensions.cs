using ComplianceGrid.Audit;
using ComplianceGrid.ServiceDefaults.Http;
using ComplianceGrid.ServiceDefaults.Loops;
using ComplianceGrid.ServiceDefaults.Wire;
using ComplianceGrid.Silo.Integrations;
using ComplianceGrid.Storage.Outbox;

namespace ComplianceGrid.Silo.Outbox;

internal static class OutboxExtensions
{
    // Small enough that a caller who waits for an entry of its own in the same ledger shard does not wait long for these.
    private static readonly OutboxRelaySettings Batches = new(Batch: 100, Lease: TimeSpan.FromSeconds(60), Idle: TimeSpan.FromMilliseconds(400), Look: TimeSpan.Zero);
    private static readonly OutboxRelaySettings Singles = new(Batch: 64, Lease: TimeSpan.FromMinutes(3), Idle: TimeSpan.FromMilliseconds(20), Look: TimeSpan.FromSeconds(1));

    public static void AddOutboxRelays(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<IntegrationsOptions>().BindConfiguration(IntegrationsOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<ServiceTokenSigner>();
        builder.Services.AddGridHttpClient<IntegrationsClient>("integrations").UseGridWire(builder, WireRole.Gateway);
        builder.Services.AddSingleton<Func<IntegrationsClient>>(services => services.GetRequiredService<IntegrationsClient>);
        builder.Services.AddSingleton<AuditDispatcher>().AddSingleton<OrderDispatcher>().AddSingleton<VendorRequestDispatcher>();
        for (var shard = 0; shard < LedgerShards.Count; shard++) builder.Services.AddRelay<AuditDispatcher>(OutboxKinds.Audit, shard, Batches);
        builder.Services.AddRelay<OrderDispatcher>(OutboxKinds.Order, 0, Singles);
        builder.Services.AddRelay<VendorRequestDispatcher>(OutboxKinds.VendorRequest, 0, Singles);
    }

    private static void AddRelay<TDispatcher>(this IServiceCollection services, string kind, int shard, OutboxRelaySettings settings)
        where TDispatcher : IOutboxDispatcher =>
        services.AddGridLoop(OutboxRelay.NameOf(kind, shard), provider => new OutboxRelay(kind, shard, settings,
            provider.GetRequiredService<OutboxStore>(), provider.GetRequiredService<OutboxHints>(), provider.GetRequiredService<TDispatcher>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<OutboxRelay>>()));
}
