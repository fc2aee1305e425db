using System.Diagnostics;
using System.Security.Cryptography;
using ComplianceGrid.Storage.Events;

namespace ComplianceGrid.Benchmarks.Streaming;

/// <summary>Those that <c>KAFKA_BOOTSTRAP</c> names (with <c>KAFKA_VERSION</c>, those that tell no version); else a mock cluster of three in a process of its own.</summary>
internal sealed class Brokers : IAsyncDisposable
{
    private readonly Process? _mock;

    private Brokers(Process? mock, string servers) => (_mock, Servers) = (mock, servers);

    public string Servers { get; }

    public string? Version => _mock is null && Environment.GetEnvironmentVariable("KAFKA_VERSION") is { Length: > 0 } version ? version : null;

    public string Kind => _mock is null ? "brokers of KAFKA_BOOTSTRAP" : "mock brokers";

    public static async Task<Brokers> StartAsync()
    {
        if (Environment.GetEnvironmentVariable("KAFKA_BOOTSTRAP") is { Length: > 0 } given) return new(null, given);
        var binary = Path.Combine(AppContext.BaseDirectory, "..", "KafkaBroker", "ComplianceGrid.KafkaBroker.dll");
        var process = Process.Start(new ProcessStartInfo("dotnet", [binary]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        return new(process, await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The mock brokers did not start."));
    }

    /// <summary>A topic that nobody has used. Other brokers than mocks are left to the provider, which makes its topic.</summary>
    public async Task<string> NewTopicAsync()
    {
        var name = $"bench-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}";
        if (_mock is null) return name;
        await _mock.StandardInput.WriteLineAsync($"create {name} {EventQueues.Count}");
        var answer = await _mock.StandardOutput.ReadLineAsync();
        return answer == "ok" ? name : throw new InvalidOperationException($"The mock brokers make no topic: {answer}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_mock is null) return;
        _mock.StandardInput.Close(); // it ends with its input
        await _mock.WaitForExitAsync();
        _mock.Dispose();
    }
}
