using System.Net;
using ComplianceGrid.Streams.Core;
using ComplianceGrid.Streams.Tests.Support;
using CsCheck;

namespace ComplianceGrid.Streams.Tests.Core;

public sealed class EvenQueueBalancerTests
{
    [Fact]
    public void Each_queue_has_one_silo_and_shares_differ_by_one_at_most() => Gen.Int[1, 12].Sample(count =>
    {
        var all = new QueueMapper("test", new FakeTransport()).GetAllQueues().ToArray();
        SiloAddress[] silos = [.. Enumerable.Range(1, count).Select(n => SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 1000 + n), n))];
        var shares = silos.Select(silo => EvenQueueBalancer.Share(all, silos, silo)).ToList();
        Assert.Equal(all.Order(), shares.SelectMany(share => share).Order());
        Assert.True(shares.Max(share => share.Length) - shares.Min(share => share.Length) <= 1);
        Assert.Empty(EvenQueueBalancer.Share(all, silos, SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 9), 9)));
    });
}
