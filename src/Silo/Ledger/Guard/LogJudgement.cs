using ComplianceGrid.Storage.Audit.Ledger;
using ComplianceGrid.Storage.Audit.Notes;
using Npgsql;

namespace ComplianceGrid.Silo.Ledger.Guard;

/// <summary>Whether a log is still the one that was published.</summary>
internal static class LogJudgement
{
    /// <param name="head">As the log stands in the database.</param>
    /// <param name="published">The newest checkpoint of the tenant's logs that is known.</param>
    /// <returns>Null when it is; else why not.</returns>
    public static async Task<string?> ReasonAsync(NpgsqlDataSource audit, LogHead head, LogCheckpoint published, CancellationToken ct)
    {
        if (published.Epoch < head.Epoch) return null; // this log is new; the older one is bound in its first entry
        if (published.Epoch > head.Epoch) return $"epoch {published.Epoch} was published, the database knows of {head.Epoch} only: an older backup was put back";
        if (head.Size < published.Size) return $"it has {head.Size} entries, but was published with {published.Size}: it was cut, or an older backup was put back";
        return await LogConsistency.HoldsAsync(audit, head.Tenant, head.Epoch, (published.Size, published.Root), (head.Size, head.Root), ct)
            ? null
            : $"its first {published.Size} entries are not those that were published: it was rewritten or forked";
    }
}
