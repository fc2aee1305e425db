using ComplianceGrid.Streams.Core;
using ComplianceGrid.Streams.Core.Monitoring;
using ComplianceGrid.Streams.Postgres;
using ComplianceGrid.Streams.Tests.Support;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ComplianceGrid.Streams.Tests.Core.Monitoring;

public sealed class StreamHealthCheckTests
{
    [Fact]
    public async Task Unhealthy_while_events_wait_and_none_leaves()
    {
        var (options, transport, time) = (new PostgresStreamOptions(), new FakeTransport { Waiting = 5 }, new FakeTimeProvider());
        var queues = new LiveQueues("test", options);
        var queue = queues.Add(3);
        queue.Source = transport;
        var monitor = new QueueMonitor(queues, options, time, NullLogger<QueueMonitor>.Instance);

        Assert.Equal(HealthStatus.Healthy, await AfterAsync(TimeSpan.Zero));
        Assert.Equal(HealthStatus.Healthy, await AfterAsync(options.StalledAfter - TimeSpan.FromSeconds(1)));
        Assert.Equal(HealthStatus.Unhealthy, await AfterAsync(TimeSpan.FromSeconds(1)));
        queue.CountDelivered();
        Assert.Equal(HealthStatus.Healthy, await AfterAsync(TimeSpan.FromSeconds(1)));
        Assert.Equal(HealthStatus.Unhealthy, await AfterAsync(options.StalledAfter));
        transport.Waiting = 0;
        Assert.Equal(HealthStatus.Healthy, await AfterAsync(TimeSpan.FromHours(1)));

        async Task<HealthStatus> AfterAsync(TimeSpan span)
        {
            time.Advance(span);
            await monitor.MeasureAsync(TestContext.Current.CancellationToken);
            var check = new StreamHealthCheck(monitor);
            var context = new HealthCheckContext { Registration = new("streams", check, HealthStatus.Unhealthy, null) };
            return (await check.CheckHealthAsync(context, TestContext.Current.CancellationToken)).Status;
        }
    }
}
