using ComplianceGrid.Storage.Audit.Notes;

namespace ComplianceGrid.Silo.Ledger.Delivery;

/// <summary>Somebody else whom checkpoints are left with.</summary>
internal interface ICheckpointTarget
{
    string Name { get; }

    /// <summary>False: only the newest checkpoint of a log, which commits to all before it, is of use.</summary>
    bool TakesAll { get; }

    /// <summary>Returns when the target has confirmed. A repeat is harmless.</summary>
    /// <returns>What it answered, for the record.</returns>
    /// <exception cref="CheckpointRefusedException">It will not have it, or has something else: somebody must look.</exception>
    /// <exception cref="Exception">It is away: try again later.</exception>
    Task<string> DeliverAsync(LogCheckpoint checkpoint, CancellationToken ct);
}

/// <summary>A checkpoint that is not taken, and will not be by trying again. The message says why.</summary>
internal sealed class CheckpointRefusedException(string message) : Exception(message);
