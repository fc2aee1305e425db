using System.Diagnostics;
using System.Security.Cryptography;
using ComplianceGrid.Streams.Kafka;
using Confluent.Kafka;

namespace ComplianceGrid.Streams.Tests.Support;

/// <summary>
/// The brokers of this test process: those that <c>KAFKA_BOOTSTRAP</c> names, else a mock cluster in a process of its own, which
/// ends when its input does.
/// </summary>
internal sealed class TestBroker : IAsyncDisposable
{
    private static readonly Lazy<Task<TestBroker>> Shared = new(() =>
        Environment.GetEnvironmentVariable("KAFKA_BOOTSTRAP") is { Length: > 0 } given ? Task.FromResult(new TestBroker(null, given)) : StartMockAsync());

    private readonly Process? _process;
    private readonly SemaphoreSlim _turn = new(1);

    private TestBroker(Process? process, string bootstrap) => (_process, BootstrapServers) = (process, bootstrap);

    public string BootstrapServers { get; }

    /// <summary>Of brokers that do not tell theirs; null: they do.</summary>
    public static string? OldVersion => Environment.GetEnvironmentVariable("KAFKA_VERSION") is { Length: > 0 } version ? version : null;

    /// <summary>Whether it can be asked to fail.</summary>
    public bool IsMock => _process is not null;

    /// <summary>For tests that do it no harm.</summary>
    public static Task<TestBroker> SharedAsync() => Shared.Value;

    /// <summary>One of its own, for a test that takes brokers away.</summary>
    public static async Task<TestBroker> StartMockAsync()
    {
        var binary = Path.Combine(AppContext.BaseDirectory, "ComplianceGrid.KafkaBroker.dll");
        var process = Process.Start(new ProcessStartInfo("dotnet", [binary]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var bootstrap = await process.StandardOutput.ReadLineAsync();
        return new(process, bootstrap ?? throw new InvalidOperationException("The mock brokers did not start."));
    }

    /// <summary>Points options at these brokers. Kafka before 0.10 answers no question about its version, and knows no idempotent producer.</summary>
    public void Configure(KafkaStreamOptions options)
    {
        options.BootstrapServers = BootstrapServers;
        if (IsMock || OldVersion is not { } version) return;
        options.Headers = false;
        options.Settings["api.version.request"] = "false";
        options.Settings["broker.version.fallback"] = version;
        options.ProducerSettings["enable.idempotence"] = "false";
    }

    /// <summary>The same for a client of the test's own.</summary>
    public TConfig Client<TConfig>(TConfig config) where TConfig : ClientConfig
    {
        config.BootstrapServers = BootstrapServers;
        if (IsMock || OldVersion is not { } version) return config;
        config.ApiVersionRequest = false;
        config.BrokerVersionFallback = version;
        return config;
    }

    /// <summary>A topic of this test alone. Other brokers than mocks are left to the provider, which makes its topic.</summary>
    public async Task<string> NewTopicAsync(int partitions = 8)
    {
        var name = $"test-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}";
        if (IsMock) await TellAsync($"create {name} {partitions}");
        return name;
    }

    /// <summary><c>create</c>, <c>delete</c>, <c>forget</c>, <c>down</c>, <c>up</c>: see the broker's program.</summary>
    public async Task TellAsync(string command)
    {
        await _turn.WaitAsync();
        try
        {
            await _process!.StandardInput.WriteLineAsync(command);
            var answer = await _process.StandardOutput.ReadLineAsync();
            if (answer != "ok") throw new InvalidOperationException($"{command}: {answer}");
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is null) return;
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
