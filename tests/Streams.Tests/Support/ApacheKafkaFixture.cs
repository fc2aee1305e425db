using ComplianceGrid.Streams.Tests.Support;

[assembly: AssemblyFixture(typeof(SharedApacheKafka))]

namespace ComplianceGrid.Streams.Tests.Support;

/// <summary>Started by the first test that asks, gone after the last. As a class' fixture, that class' own: it may be killed.</summary>
public class ApacheKafkaFixture : IAsyncDisposable
{
    private readonly Lazy<Task<ApacheKafka>> _kafka = new(() => ApacheKafka.StartAsync(CancellationToken.None));

    internal Task<ApacheKafka> GetAsync() => _kafka.Value;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_kafka.IsValueCreated) await (await _kafka.Value).DisposeAsync();
    }
}

/// <summary>For all tests that do it no harm.</summary>
public sealed class SharedApacheKafka : ApacheKafkaFixture;
