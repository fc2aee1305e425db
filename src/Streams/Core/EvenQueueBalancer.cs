using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Streams;

namespace ComplianceGrid.Streams.Core;

/// <summary>
/// Deals the queues out to the active silos in turn, by the order of their addresses. Orleans' ring gives a few queues out
/// by chance (eight over two silos can be six and two), and its even balancer wants the silos' names in the configuration
/// and waits two minutes for a silo to mature. While silos see the cluster differently, a queue may have two readers or none for a
/// moment: an event is then delivered twice, or later.
/// </summary>
internal sealed class EvenQueueBalancer(IServiceProvider services)
    : QueueBalancerBase(services, services.GetRequiredService<ILogger<EvenQueueBalancer>>()), IStreamQueueBalancer
{
    private QueueId[] _all = [];
    private volatile QueueId[] _mine = [];

    public static IStreamQueueBalancer Create(IServiceProvider services, string provider) => new EvenQueueBalancer(services);

    public override Task Initialize(IStreamQueueMapper queueMapper)
    {
        _all = [.. queueMapper.GetAllQueues()];
        return base.Initialize(queueMapper);
    }

    public override IEnumerable<QueueId> GetMyQueues() => _mine;

    protected override void OnClusterMembershipChange(HashSet<SiloAddress> activeSilos)
    {
        _mine = Share(_all, [.. activeSilos.Order()], SiloAddress);
        NotifyListeners().Ignore();
    }

    internal static QueueId[] Share(QueueId[] all, SiloAddress[] silos, SiloAddress me)
    {
        var place = Array.IndexOf(silos, me);
        return place < 0 ? [] : [.. all.Where((_, number) => number % silos.Length == place)];
    }
}
