using System.Globalization;
using System.Text;
using ComplianceGrid.Silo.Ledger.Delivery;
using ComplianceGrid.Storage.Audit.Notes;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Silo.Ledger.Archive;

/// <summary>Checkpoints in an append-only object store, as <c>{tenant}/{epoch}/{size, 20 digits}.note</c>.</summary>
/// <param name="name">The target's.</param>
internal sealed class CheckpointArchive(string name, IObjectStore store, LedgerVerifier verifier)
{
    private const string Suffix = ".note";

    /// <summary>Objects that are looked at for one that is whole; more than so many damaged ones are an archive that is lost.</summary>
    private const int Tries = 32;

    public string Name => name;

    public static string NameOf(string tenant, int epoch, long size) => string.Create(CultureInfo.InvariantCulture, $"{tenant}/{epoch}/{size:D20}{Suffix}");

    /// <returns>The object's name.</returns>
    /// <exception cref="CheckpointRefusedException">Another checkpoint, or none, stands there.</exception>
    public async Task<string> PutAsync(LogCheckpoint checkpoint, CancellationToken ct)
    {
        var there = NameOf(checkpoint.Tenant, checkpoint.Epoch, checkpoint.Size);
        var content = await store.PutOnceAsync(there, Encoding.UTF8.GetBytes(checkpoint.Note.ToString()), ct);
        return Read(there, content) is { } archived && archived.Root == checkpoint.Root
            ? there
            : throw new CheckpointRefusedException($"the archive has something else under {there}, which is not overwritten");
    }

    /// <summary>The newest checkpoint of a tenant, or of one of its logs, that is whole.</summary>
    public async Task<ArchiveReading> NewestAsync(string tenant, int? epoch, CancellationToken ct)
    {
        List<string> damaged = [];
        if (!TenantId.IsValid(tenant)) return new(null, damaged); // it would be a path
        await foreach (var there in NewestFirstAsync(tenant, epoch, ct))
        {
            if (await store.ReadAsync(there, ct) is { } content && Read(there, content) is { } checkpoint) return new(checkpoint, damaged);
            damaged.Add(there);
            if (damaged.Count == Tries) break;
        }

        return new(null, damaged);
    }

    private async IAsyncEnumerable<string> NewestFirstAsync(
        string tenant, int? only, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        var epochs = only is { } one ? [one] : await EpochsAsync(tenant, ct);
        foreach (var epoch in epochs)
        {
            var folder = string.Create(CultureInfo.InvariantCulture, $"{tenant}/{epoch}");
            foreach (var file in (await store.ListAsync(folder, ct)).OrderDescending(StringComparer.Ordinal)) yield return $"{folder}/{file}";
        }
    }

    private async Task<IEnumerable<int>> EpochsAsync(string tenant, CancellationToken ct) => (await store.ListAsync(tenant, ct))
        .Select(folder => int.TryParse(folder, NumberStyles.None, CultureInfo.InvariantCulture, out var epoch) ? epoch : -1)
        .Where(epoch => epoch >= 0).OrderDescending();

    /// <summary>Null: no checkpoint that belongs there.</summary>
    private LogCheckpoint? Read(string there, byte[] content)
    {
        try
        {
            var checkpoint = verifier.Verify(SignedNote.Parse(content));
            return there == NameOf(checkpoint.Tenant, checkpoint.Epoch, checkpoint.Size) ? checkpoint : null;
        }
        catch (NoteException)
        {
            return null;
        }
    }
}

/// <param name="Damaged">Names of objects, newer than that, that are no checkpoint of this ledger's or not the one that their names say.</param>
internal sealed record ArchiveReading(LogCheckpoint? Newest, IReadOnlyList<string> Damaged);
