using ComplianceGrid.Storage.Audit.Ledger;
using Npgsql;

namespace ComplianceGrid.Silo.Ledger.Guard;

/// <summary>Refuses to append to a log that is not the one that was published (ADR 0012): it goes on in a new epoch only.</summary>
internal sealed class CheckpointGuard(PublishedCheckpoints published, LedgerEpochs epochs, NpgsqlDataSource audit) : ILogGuard
{
    public async ValueTask<string?> RefusalAsync(LogHead head, CancellationToken ct)
    {
        if (await published.NewestAsync(head.Tenant, ct) is not { } checkpoint) return null;
        if (await LogJudgement.ReasonAsync(audit, head, checkpoint, ct) is not { } reason) return null;
        // Another writer may have appended, and that been published, since the head was read. Then the head's reader finds out itself.
        var now = await epochs.HeadAsync(head.Tenant, ct);
        return now == head ? reason : await LogJudgement.ReasonAsync(audit, now, checkpoint, ct);
    }
}
