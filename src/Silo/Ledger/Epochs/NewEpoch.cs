using ComplianceGrid.Silo.Ledger.Guard;
using ComplianceGrid.Storage.Audit.Ledger;
using ComplianceGrid.Storage.Audit.Notes;
using Npgsql;

namespace ComplianceGrid.Silo.Ledger.Epochs;

/// <summary>Opens a tenant's next log when the last one refuses, bound to what was published of it.</summary>
internal sealed class NewEpoch(PublishedCheckpoints published, LedgerEpochs epochs, LedgerVerifier verifier, NpgsqlDataSource audit)
{
    /// <param name="shown">A checkpoint that somebody kept; null: those of archive and database only.</param>
    /// <exception cref="NoteException">What was shown is no checkpoint of one of the tenant's logs.</exception>
    public async Task<NewEpochOutcome> OpenAsync(string tenant, SignedNote? shown, string actor, CancellationToken ct)
    {
        if (await NewestAsync(tenant, shown, ct) is not { } bound)
            return new NewEpochOutcome.NotOpened($"No checkpoint of {tenant} is known: there is nothing to bind a new log to.");
        var head = await epochs.HeadAsync(tenant, ct);
        if (await LogJudgement.ReasonAsync(audit, head, bound, ct) is not { } reason)
            return new NewEpochOutcome.NotOpened(
                $"The log of {tenant} (epoch {head.Epoch}) is whole by the newest checkpoint that is known, {bound.Size} entries of epoch {bound.Epoch}: it needs no new epoch.");
        return await epochs.OpenAsync(head, bound, verifier.Ledger, actor, ct) is { } epoch
            ? new NewEpochOutcome.Opened(LedgerOrigin.Of(verifier.Ledger, tenant, epoch), bound, reason)
            : new NewEpochOutcome.NotOpened("Somebody else opened it just now.");
    }

    private async Task<LogCheckpoint?> NewestAsync(string tenant, SignedNote? shown, CancellationToken ct)
    {
        var known = await published.NewestAsync(tenant, ct);
        if (shown is null) return known;
        var one = verifier.Verify(shown);
        if (one.Tenant != tenant) throw new NoteException($"The checkpoint is of a log of {one.Tenant}.");
        return known is null || one.IsNewerThan(known) ? one : known;
    }
}

internal abstract record NewEpochOutcome
{
    /// <param name="Reason">Why the old log refuses.</param>
    public sealed record Opened(string Origin, LogCheckpoint Bound, string Reason) : NewEpochOutcome;

    public sealed record NotOpened(string Why) : NewEpochOutcome;
}
