using System.Collections.Immutable;
using System.Globalization;
using ComplianceGrid.Silo.Ledger.Delivery;
using ComplianceGrid.Storage.Audit.Checkpoints;
using ComplianceGrid.Storage.Audit.Ledger;
using ComplianceGrid.Storage.Audit.Notes;
using Npgsql;

namespace ComplianceGrid.Silo.Ledger.Witness;

/// <summary>Has each log's newest checkpoint cosigned by a witness, which remembers it and cosigns nothing that contradicts it.</summary>
/// <param name="client">Makes one for each delivery.</param>
/// <param name="keys">The witness'; empty: its cosignatures are kept unverified.</param>
internal sealed class WitnessTarget(
    string name, Func<WitnessClient> client, ImmutableArray<WitnessKey> keys, NpgsqlDataSource audit, CheckpointDeliveries deliveries, CheckpointTable checkpoints)
    : ICheckpointTarget
{
    /// <summary>Others may bring it other checkpoints of the same log meanwhile.</summary>
    private const int Attempts = 4;

    public string Name => name;

    public bool TakesAll => false;

    public async Task<string> DeliverAsync(LogCheckpoint checkpoint, CancellationToken ct)
    {
        var old = Math.Min(checkpoint.Size, await deliveries.LargestAsync(name, checkpoint.Tenant, checkpoint.Epoch, ct));
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            switch (await client().AddCheckpointAsync(old, await ProofAsync(checkpoint, old, ct), checkpoint.Note, ct))
            {
                case WitnessAnswer.Cosigned { Signatures: var signatures }:
                    return Receipt(checkpoint, signatures);
                case WitnessAnswer.HasAnotherSize { Size: var size } when size == old:
                    throw new CheckpointRefusedException($"the witness cosigned another root of {size} entries: the log was forked");
                case WitnessAnswer.HasAnotherSize { Size: var size } when size > checkpoint.Size:
                    return await SupersededAsync(checkpoint, size, ct);
                case WitnessAnswer.HasAnotherSize { Size: var size }:
                    old = size;
                    break;
                case WitnessAnswer.Refused { Status: var status }:
                    throw new CheckpointRefusedException(Why(status));
            }
        }

        throw new HttpRequestException("The witness names another size each time.");
    }

    private async Task<IReadOnlyList<TreeHash>> ProofAsync(LogCheckpoint checkpoint, long old, CancellationToken ct)
    {
        try
        {
            return await Proofs.ConsistencyAsync(new LedgerHashes(audit, checkpoint.Tenant, checkpoint.Epoch), old, checkpoint.Size, ct);
        }
        catch (InvalidDataException)
        {
            throw new CheckpointRefusedException("the log has not the entries any more of which it was made");
        }
    }

    private string Receipt(LogCheckpoint checkpoint, IReadOnlyList<NoteSignature> signatures)
    {
        var good = keys.IsEmpty ? signatures : [.. signatures.Where(signature => keys.Any(key => key.Verifies(checkpoint.Note.Text, signature)))];
        return good.Count > 0
            ? string.Concat(good.Select(signature => signature.Line))
            : throw new CheckpointRefusedException("the witness' answer has no good cosignature by its key");
    }

    private async Task<string> SupersededAsync(LogCheckpoint checkpoint, long size, CancellationToken ct) =>
        size <= await checkpoints.NewestSizeAsync(checkpoint.Tenant, checkpoint.Epoch, ct)
            ? string.Create(CultureInfo.InvariantCulture, $"superseded: the witness has {size} entries")
            : throw new CheckpointRefusedException($"the witness cosigned {size} entries, more than any checkpoint that is known here: the log was cut");

    private static string Why(int status) => status switch
    {
        404 => "the witness does not know this log: give it the origin and the key",
        403 => "the witness does not know the key that signed",
        422 => "the log does not only append to what the witness cosigned: it was rewritten or forked",
        _ => "the witness does not understand the request",
    };
}
