namespace ComplianceGrid.Storage.Audit.Ledger;

/// <summary>A log as its newest head has it.</summary>
/// <param name="Epoch">0, or that of the newest row in <c>audit.epoch</c>.</param>
/// <param name="Size">Entries; 0 when the log has none yet.</param>
public sealed record LogHead(string Tenant, int Epoch, long Size, TreeHash Root);

/// <summary>Asked about each log when its writer comes to it anew, before it appends.</summary>
public interface ILogGuard
{
    /// <summary>Called for several logs at once.</summary>
    /// <returns>Null when the log may be appended to; else why not, in words for an operator.</returns>
    ValueTask<string?> RefusalAsync(LogHead head, CancellationToken ct);
}

/// <summary>Refuses nothing.</summary>
public sealed class OpenLogGuard : ILogGuard
{
    public ValueTask<string?> RefusalAsync(LogHead head, CancellationToken ct) => new(default(string));
}
