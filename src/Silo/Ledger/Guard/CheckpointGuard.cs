using ComplianceGrid.Storage.Audit.Ledger;
using Npgsql;

namespace ComplianceGrid.Silo.Ledger.Guard;

/// <summary>Refuses to append to a log that is not the one that was published (ADR 0012): it goes on in a new epoch only.</summary>
internal sealed class CheckpointGuard(PublishedCheckpoints published, NpgsqlDataSource audit) : ILogGuard
{
    public async ValueTask<string?> RefusalAsync(LogHead head, CancellationToken ct) =>
        await published.NewestAsync(head.Tenant, ct) is { } checkpoint ? await LogJudgement.ReasonAsync(audit, head, checkpoint, ct) : null;
}
