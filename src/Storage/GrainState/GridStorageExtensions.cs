using System.Security.Cryptography;
using ComplianceGrid.Storage.Audit.Personal;
using ComplianceGrid.Storage.Encryption;
using ComplianceGrid.Storage.Events;
using ComplianceGrid.Storage.Outbox;
using ComplianceGrid.Storage.Parking;
using ComplianceGrid.Storage.Projections.Reads;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime.Hosting;
using Orleans.Serialization.Serializers;

namespace ComplianceGrid.Storage.GrainState;

public static class GridStorageExtensions
{
    private const int CountShards = 16;

    /// <summary>
    /// Adds grain storage named <see cref="GridStorage.ProviderName"/>, and what shares its connections: <see cref="IEventLog"/>,
    /// <see cref="EventHints"/>, <see cref="OutboxStore"/>, <see cref="OutboxHints"/>, <see cref="CoverageReads"/>, <see cref="ParkedEvents"/>, <see cref="TenantKeyring"/>. Needs an <see cref="IMasterKey"/>
    /// (<see cref="AddFileMasterKey"/>) and a <see cref="TimeProvider"/>.
    /// </summary>
    public static ISiloBuilder AddGridStorage(this ISiloBuilder silo, Action<GridStorageOptions> configure)
    {
        silo.Services.AddGridStorageServices(configure);
        silo.Services.AddGrainStorage(GridStorage.ProviderName, (services, _) => services.GetRequiredService<GridStorage>());
        silo.AddIncomingGrainCallFilter<RefusalFilter>();
        return silo;
    }

    /// <summary>The master key in a file of mode 600, 32 bytes as base64.</summary>
    public static IServiceCollection AddFileMasterKey(this IServiceCollection services, string path) =>
        services.AddSingleton<IMasterKey>(_ => FileMasterKey.Load(path));

    internal static void AddGridStorageServices(this IServiceCollection services, Action<GridStorageOptions> configure)
    {
        services.AddOptions<GridStorageOptions>().Configure(configure)
            .Validate(options => options.IsValid, "GridStorage needs a ConnectionString, 1 to 16 Writers, a MaxBatch and a CommandTimeout above zero.")
            .ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(s => StorageDatabase.Open(s.GetRequiredService<IOptions<GridStorageOptions>>().Value));
        services.AddSingleton(s => new TenantKeyring(
            new TenantKeyStore(s.Source()), s.GetRequiredService<IMasterKey>(), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(s => new PersonalDetails(new PersonKeyring(
            new PersonKeyStore(s.Source()), s.GetRequiredService<TenantKeyring>(), s.GetRequiredService<TimeProvider>())));
        services.AddSingleton(s => new EventHints(s.Source(), s.GetRequiredService<ILogger<EventHints>>()));
        services.AddSingleton<IEventLog>(s => new EventCloser(s.Source()));
        services.AddSingleton(s => new OutboxStore(s.Source())).AddSingleton<OutboxHints>();
        services.AddSingleton(s => new CoverageReads(s.Source()));
        services.AddSingleton(s => new ParkedEvents(s.Source(), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(CreateStorage);
    }

    private static GridStorage CreateStorage(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<GridStorageOptions>>().Value;
        var logger = services.GetRequiredService<ILogger<GridStorage>>();
        var source = services.Source();
        var sealer = new StateSealer(services.GetRequiredService<TenantKeyring>(), services.GetRequiredService<IOptions<ClusterOptions>>().Value.ServiceId);
        // Silos begin at different shards, so that they meet on the same count rows as seldom as may be.
        var first = RandomNumberGenerator.GetInt32(CountShards);
        StateCommitter[] writers = [.. Enumerable.Range(0, options.Writers).Select(n => new StateCommitter(
            new StateTransaction(source, (short)((first + n) % CountShards)),
            services.GetRequiredService<EventHints>(), services.GetRequiredService<OutboxHints>(), services.GetRequiredService<TimeProvider>(), logger))];
        return new(source, sealer, services.GetRequiredService<PersonalDetails>(), services.GetRequiredService<IActivatorProvider>(), writers, options.MaxBatch, logger);
    }

    private static Npgsql.NpgsqlDataSource Source(this IServiceProvider services) => services.GetRequiredService<StorageDatabase>().Source;
}
