using ComplianceGrid.ServiceDefaults;
using ComplianceGrid.ServiceDefaults.Health;
using ComplianceGrid.ServiceDefaults.Http;
using ComplianceGrid.ServiceDefaults.Loops;
using ComplianceGrid.Silo.Ledger.Archive;
using ComplianceGrid.Silo.Ledger.Mail;
using ComplianceGrid.Silo.Ledger.Witness;
using ComplianceGrid.Storage.Audit.Checkpoints;
using ComplianceGrid.Storage.Audit.Notes;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.Silo.Ledger.Delivery;

internal static class DeliveryExtensions
{
    /// <summary>Leaves every checkpoint with its tenant's targets: a loop for each target, so that none holds up another.</summary>
    public static void AddCheckpointDelivery(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddJitter();
        services.AddSingleton<UndeliveredGauges>();
        services.AddSingleton(provider => new CheckpointDeliveries(LedgerExtensions.Audit(provider), provider.GetRequiredService<TimeProvider>()));
        foreach (var target in builder.Configuration.GetSection($"{CheckpointOptions.Section}:{nameof(CheckpointOptions.Targets)}").GetChildren())
        {
            var name = target.Key;
            if (target.GetValue<TargetKind>(nameof(TargetOptions.Kind)) == TargetKind.Witness) services.AddWitness(name);
            services.AddKeyedSingleton(name, (provider, _) => Delivery(provider, name));
            var loop = CheckpointLoop.NameOf(name);
            services.AddGridLoop(loop, provider => new CheckpointLoop(provider.GetRequiredKeyedService<CheckpointDelivery>(name),
                Options(provider), provider.GetRequiredService<UndeliveredGauges>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<CheckpointLoop>>()));
            services.AddDegradable(loop, provider => (CheckpointLoop)provider.GetRequiredKeyedService<GridLoop>(loop));
        }
    }

    private static string ClientOf(string target) => $"witness-{target}";

    private static CheckpointOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<CheckpointOptions>>().Value;

    private static void AddWitness(this IServiceCollection services, string name)
    {
        services.AddGridHttpClient<WitnessClient>(ClientOf(name), http => http.MaxResponseContentBufferSize = WitnessClient.LongestAnswer);
        services.AddHttpClient(ClientOf(name))
            .ConfigureHttpClient((provider, http) => http.BaseAddress = new($"{Options(provider).Targets[name].Url}".TrimEnd('/') + "/"))
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false }); // to nobody but whom the operator named
    }

    private static CheckpointDelivery Delivery(IServiceProvider provider, string name) => new(
        Target(provider, name, Options(provider).Targets[name]), ScopeOf(Options(provider), name), provider.GetRequiredService<CheckpointDeliveries>(),
        provider.GetRequiredService<LedgerVerifier>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<Jitter>(),
        provider.GetRequiredService<ILogger<CheckpointDelivery>>());

    private static ICheckpointTarget Target(IServiceProvider provider, string name, TargetOptions target) => target.Kind switch
    {
        TargetKind.Mail => new MailTarget(name, target.To!, Options(provider).Smtp, provider.GetRequiredService<TimeProvider>()),
        TargetKind.Witness => new WitnessTarget(name, () => Client(provider, name), [.. target.Keys.Select(WitnessKey.Parse)],
            LedgerExtensions.Audit(provider), provider.GetRequiredService<CheckpointDeliveries>(), provider.GetRequiredService<CheckpointTable>()),
        TargetKind.Archive => new ArchiveTarget(
            provider.GetRequiredService<IReadOnlyList<CheckpointArchive>>().Single(archive => archive.Name == name), LedgerExtensions.Audit(provider)),
        _ => throw new InvalidOperationException($"There is no kind {target.Kind}."),
    };

    private static WitnessClient Client(IServiceProvider provider, string name) => provider.GetRequiredService<ITypedHttpClientFactory<WitnessClient>>()
        .CreateClient(provider.GetRequiredService<IHttpClientFactory>().CreateClient(ClientOf(name)));

    internal static TenantScope ScopeOf(CheckpointOptions options, string target)
    {
        var own = options.Tenants.ToLookup(tenant => tenant.Value.Contains(target), tenant => tenant.Key);
        return new(options.DefaultTargets.Contains(target), [.. own[false]], [.. own[true]]);
    }
}
