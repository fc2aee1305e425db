using System.Diagnostics;
using ComplianceGrid.Storage.Events;

namespace ComplianceGrid.Streams.Tests.Support;

/// <summary>A mock cluster in a process of its own, which ends when its input does. It can be asked to fail.</summary>
internal sealed class MockBroker : TestBroker
{
    private readonly Process _process;
    private readonly SemaphoreSlim _turn = new(1);

    private MockBroker(Process process, string bootstrap) : base(bootstrap) => _process = process;

    public static async Task<MockBroker> StartAsync()
    {
        var binary = Path.Combine(AppContext.BaseDirectory, "ComplianceGrid.KafkaBroker.dll");
        var process = Process.Start(new ProcessStartInfo("dotnet", [binary]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var bootstrap = await process.StandardOutput.ReadLineAsync();
        return new(process, bootstrap ?? throw new InvalidOperationException("The mock brokers did not start."));
    }

    public override async Task<string> NewTopicAsync()
    {
        var name = NewName();
        await TellAsync($"create {name} {EventQueues.Count}");
        return name;
    }

    /// <summary><c>create</c>, <c>delete</c>, <c>forget</c>, <c>down</c>, <c>up</c>: see the broker's program.</summary>
    public async Task TellAsync(string command)
    {
        await _turn.WaitAsync();
        try
        {
            await _process.StandardInput.WriteLineAsync(command);
            var answer = await _process.StandardOutput.ReadLineAsync();
            if (answer != "ok") throw new InvalidOperationException($"{command}: {answer}");
        }
        finally
        {
            _turn.Release();
        }
    }

    public override async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
