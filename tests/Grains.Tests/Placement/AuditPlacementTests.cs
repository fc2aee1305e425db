using System.Collections.Immutable;
using ComplianceGrid.Audit;
using ComplianceGrid.Grains.Tests.Audit;
using ComplianceGrid.Placement;
using ComplianceGrid.Storage.Audit;
using ComplianceGrid.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace ComplianceGrid.Grains.Tests.Placement;

/// <summary>Silos of a grid whose audit boundary is a machine of its own.</summary>
public sealed class AuditPlacementTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Confined_they_live_on_silos_of_the_role_and_nowhere_else_when_those_are_gone()
    {
        using var first = await StartAsync(null, new(ConfinesAudit: true));
        using var second = await StartAsync(first, new(ConfinesAudit: true, GridPlacement.AuditRole));
        var roles = first.Services.GetRequiredService<ISiloMetadataCache>();
        await Eventually.TrueAsync(() => roles.GetSiloMetadata(AddressOf(second)).Metadata.Count > 0, "the first silo knows the second's role", Ct);
        await AppendAsync(first, shards: 16);
        Assert.Equal([AddressOf(second)], await PlacesAsync(first, shards: 16));

        await second.StopAsync(Ct);
        await Assert.ThrowsAnyAsync<OrleansException>(() => AppendAsync(first, shards: 1));
        await first.StopAsync(Ct);
    }

    [Fact]
    public async Task Not_confined_they_live_anywhere()
    {
        using var only = await StartAsync(null, new());
        await AppendAsync(only, shards: 4);
        Assert.Equal([AddressOf(only)], await PlacesAsync(only, shards: 4));
        await only.StopAsync(Ct);
    }

    private static async Task AppendAsync(IHost silo, int shards)
    {
        for (var shard = 0; shard < shards; shard++) await Ledger(silo, shard).Append([TestEntry.New()]);
    }

    private static async Task<ImmutableHashSet<SiloAddress>> PlacesAsync(IHost silo, int shards)
    {
        var management = silo.Services.GetRequiredService<IGrainFactory>().GetGrain<IManagementGrain>(0);
        var places = ImmutableHashSet.CreateBuilder<SiloAddress>();
        for (var shard = 0; shard < shards; shard++) places.Add((await management.GetActivationAddress(Ledger(silo, shard)))!);
        return places.ToImmutable();
    }

    private static IAuditGrain Ledger(IHost silo, int shard) => silo.Services.GetRequiredService<IGrainFactory>().GetGrain<IAuditGrain>(shard);

    private static SiloAddress AddressOf(IHost silo) => silo.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress;

    private static async Task<IHost> StartAsync(IHost? with, GridPlacement placement)
    {
        var (port, gateway) = FreePorts.Two();
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(port, gateway, with is null ? null : AddressOf(with).Endpoint, "placement", "placement")
            .ConfigureServices(services => services.AddSingleton<IAuditStore, NoStore>())
            .AddGridGrains(placement)
            // Audit grains alone: the others need their stores.
            .Configure<GrainTypeOptions>(types => types.Classes.RemoveWhere(type => type.Assembly == typeof(GrainsExtensions).Assembly && type.Namespace != typeof(AuditGrain).Namespace)));
        var host = builder.Build();
        await host.StartAsync(Ct);
        return host;
    }

    private sealed class NoStore : IAuditStore
    {
        public Task<AppendOutcome> AppendAsync(int shard, IReadOnlyList<AuditEntry> entries, CancellationToken ct = default) => Task.FromResult(new AppendOutcome(entries.Count, []));

        public Task EnsurePartitionsAsync(int monthsAhead, CancellationToken ct = default) => throw new NotSupportedException();

        public ValueTask<string?[]> OpenAsync(string tenant, IReadOnlyList<SealedPersonal> details, CancellationToken ct = default) => throw new NotSupportedException();
    }
}
