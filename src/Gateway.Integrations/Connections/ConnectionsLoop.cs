using ComplianceGrid.ServiceDefaults.Loops;

namespace ComplianceGrid.Gateway.Connections;

/// <summary>Reads connections and credentials anew: a key added or retired counts within seconds.</summary>
internal sealed class ConnectionsLoop(ConnectionDirectory directory, TimeProvider time, ILogger<ConnectionsLoop> log)
    : GridLoop(LoopName, TimeSpan.FromSeconds(5), time, log)
{
    public const string LoopName = "connections";

    protected override async Task<bool> StepAsync(CancellationToken ct)
    {
        await directory.RefreshAsync(ct);
        return false;
    }
}
