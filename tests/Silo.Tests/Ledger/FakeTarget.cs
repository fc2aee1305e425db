using ComplianceGrid.Silo.Ledger.Delivery;
using ComplianceGrid.Storage.Audit.Notes;

namespace ComplianceGrid.Silo.Tests.Ledger;

/// <summary>Somebody else, as a test needs them: remembers what it got, and fails as it is told.</summary>
internal sealed class FakeTarget(bool takesAll = true, string name = "fake") : ICheckpointTarget
{
    private readonly List<string> _got = [];

    public string Name => name;

    public bool TakesAll => takesAll;

    public int Tries { get; private set; }

    /// <summary>What happens before it confirms.</summary>
    public Func<LogCheckpoint, CancellationToken, Task> Before { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>What happens after it has what it was given.</summary>
    public Func<LogCheckpoint, Task> After { get; set; } = _ => Task.CompletedTask;

    public string Got
    {
        get
        {
            lock (_got) return string.Join(' ', _got);
        }
    }

    public async Task<string> DeliverAsync(LogCheckpoint checkpoint, CancellationToken ct)
    {
        Tries++;
        await Before(checkpoint, ct);
        lock (_got) _got.Add($"{checkpoint.Tenant}/{checkpoint.Epoch}/{checkpoint.Size}");
        await After(checkpoint);
        return "taken";
    }
}
