using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using ComplianceGrid.Storage.Audit.Checkpoints;
using ComplianceGrid.Storage.Audit.Ledger;
using ComplianceGrid.Storage.Audit.Notes;
using Npgsql;

namespace ComplianceGrid.Api.Ledger;

/// <summary>
/// Signs what a log is, once it has seen that the log only grew since it last signed: a log that was cut, altered or forked gets no
/// signature of ours. As <c>grid_audit_notary</c>, which sees hashes and no records.
/// </summary>
internal sealed partial class Notary(
    NpgsqlDataSource audit, CheckpointStore checkpoints, ILedgerSigner signer, LedgerOptions options, TimeProvider clock, ILogger<Notary> log)
{
    private readonly ConcurrentDictionary<string, string> _refused = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Tenant, int Epoch), StoredCheckpoint> _signed = new();

    /// <summary>Tenants whose logs were refused when they were last looked at, with the reason.</summary>
    public IReadOnlyDictionary<string, string> Refused => _refused;

    public string OriginOf(string tenant, int epoch) => LedgerOrigin.Of(options.Origin, tenant, epoch);

    /// <summary>The keys that checkpoints are, or once were, signed with; today's first.</summary>
    public async ValueTask<ImmutableArray<VerifierKey>> KeysAsync(CancellationToken ct)
    {
        var current = await signer.KeyAsync(ct);
        return [current, .. options.PublicKeys().Where(key => key.KeyId != current.KeyId)];
    }

    /// <summary>The newest checkpoint of a log, which covers all that is in it now. Repeated, or by two at once: the same one.</summary>
    /// <param name="epoch">Null: the tenant's newest log.</param>
    /// <returns>Null: the log has no entries, and never had.</returns>
    /// <exception cref="GridException"><see cref="GridError.Unavailable"/>: the log is not what is signed for already, and gets no signature.</exception>
    public async Task<StoredCheckpoint?> SignAsync(string tenant, int? epoch, CancellationToken ct)
    {
        var log = epoch ?? (await LogHeads.NewestAsync(audit, tenant, ct: ct))?.Epoch ?? 0;
        // In this order: another notary may sign between the two, and only a head that is read later is not behind its checkpoint.
        var last = await LastAsync(tenant, log, ct);
        if (await LogHeads.NewestAsync(audit, tenant, log, ct) is not { } head)
            return last is null ? null : throw Refuse(tenant, log, $"It has no entries, and {last.Size} are signed for.");
        if (await LogGrowth.ProblemAsync(new LedgerHashes(audit, tenant, log), head, last, ct) is { } problem) throw Refuse(tenant, log, problem);
        _refused.TryRemove(tenant, out _);
        var signed = last?.Size == head.Size ? last : await checkpoints.KeepAsync(await SignAsync(head, ct), ct);
        _signed[(tenant, log)] = signed;
        return signed;
    }

    /// <summary>
    /// The last that was signed of a log: what the database has, if a key of ours signed it, or what this process remembers: a backup
    /// that was put back takes the database's checkpoints with it.
    /// </summary>
    private async Task<StoredCheckpoint?> LastAsync(string tenant, int epoch, CancellationToken ct)
    {
        var stored = await checkpoints.NewestAsync(tenant, epoch, ct);
        if (stored is not null && await ForgeryAsync(stored, ct) is { } forgery) throw Refuse(tenant, epoch, forgery);
        return _signed.TryGetValue((tenant, epoch), out var own) && !(own.Size <= stored?.Size) ? own : stored;
    }

    private async Task<string?> ForgeryAsync(StoredCheckpoint stored, CancellationToken ct)
    {
        try
        {
            var said = Checkpoint.Verified(SignedNote.Parse(stored.Note), await KeysAsync(ct));
            return said == new Checkpoint(OriginOf(stored.Tenant, stored.Epoch), stored.Size, stored.Root) ? null : "Its newest checkpoint is not what its note says.";
        }
        catch (NoteException bad)
        {
            return $"Its newest checkpoint is not ours: {bad.Message}";
        }
    }

    private async Task<StoredCheckpoint> SignAsync(LogHead head, CancellationToken ct)
    {
        var text = new Checkpoint(OriginOf(head.Tenant, head.Epoch), head.Size, head.Root).Text;
        var key = await signer.KeyAsync(ct);
        var signature = new NoteSignature(key.Name, key.KeyId, await signer.SignAsync(Encoding.UTF8.GetBytes(text), ct));
        LedgerTelemetry.Signed.Add(1);
        return new(head.Tenant, head.Epoch, head.Size, head.Root, new SignedNote(text, [signature]).ToString(), clock.GetUtcNow());
    }

    private GridException Refuse(string tenant, int epoch, string problem)
    {
        LedgerTelemetry.Refused.Add(1);
        _refused[tenant] = problem;
        LogRefused(tenant, epoch, problem);
        return new(GridError.Unavailable, "The log is not what is signed for already: no checkpoint is made until an operator has looked into it.");
    }

    [LoggerMessage(7301, LogLevel.Critical, "The log of tenant {Tenant}, epoch {Epoch}, gets no checkpoint. {Problem}")]
    private partial void LogRefused(string tenant, int epoch, string problem);
}
