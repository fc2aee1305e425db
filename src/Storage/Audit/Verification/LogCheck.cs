using System.Globalization;
using System.Text;
using ComplianceGrid.Storage.Audit.Ledger;
using ComplianceGrid.Storage.Audit.Notes;

namespace ComplianceGrid.Storage.Audit.Verification;

/// <summary>
/// Holds one log to its rules, part by part in the order of <see cref="ILogVisitor"/>, and throws at the first that does not fit. A
/// row that its columns or its tile speak against is remembered until the next head, whose root tells which of them was changed.
/// </summary>
internal sealed class LogCheck(LogTerms terms) : IDisposable
{
    private readonly TreeWalk _tree = new();
    private readonly IdRuns _ids = new();
    private readonly HeldTiles _tiles = new();
    private readonly ShownCheckpoint[] _shown = [.. terms.Shown.OrderBy(shown => shown.Checkpoint.Size)];
    private readonly byte[] _tenant = Encoding.UTF8.GetBytes(terms.Tenant);
    private readonly byte[] _epoch = Encoding.UTF8.GetBytes(terms.Epoch.ToString(CultureInfo.InvariantCulture));
    private readonly byte[] _createdAt = new byte[StoredInstant.Length];
    private Misfit? _suspect;
    private (long Size, Guid Next) _head, _known; // the newest head and the newest checkpoint that fit, and the entry behind each
    private int _nextShown;

    public long Size => _tree.Size;
    public TreeHash Root => _tree.Root();
    public long Heads { get; private set; }
    public long Tiles => _tiles.Fitting;
    public long Checkpoints { get; private set; }
    /// <summary>Size of the newest checkpoint that fits.</summary>
    public long? Covered { get; private set; }

    public void Tile(StoredTile tile)
    {
        if (_tiles.Hold(tile, Size) is { } what) throw Found(Size, null, what);
    }

    /// <summary>What speaks against the row that comes next; it is reported together with what the tree says of it.</summary>
    public void Suspect(Guid id, string what) => _suspect ??= new(Size, id, what);

    /// <param name="json">Its bytes.</param>
    /// <exception cref="MisfitException">It does not follow on the entries before.</exception>
    public void Record(ReadOnlySpan<byte> json, Record record)
    {
        HoldToShown();
        var id = record.Id;
        if (!record[RecordMember.TenantId].SequenceEqual(_tenant)) throw Found(Size, id, "the record is another tenant's");
        if (!record[RecordMember.Epoch].SequenceEqual(_epoch)) throw Found(Size, id, "the record is of another epoch");
        if (record[RecordMember.CreatedAt].SequenceCompareTo(_createdAt) < 0) throw Found(Size, id, "created_at is before that of the row before it");
        if (Size == 0 && terms.BoundNote is { } bound && !NoteCheck.IsBound(record, bound))
            throw Found(Size, id, "the first record does not hold the checkpoint that the epoch is bound to");
        record[RecordMember.CreatedAt].CopyTo(_createdAt);
        if (_head.Size == Size) _head.Next = id;
        if (_known.Size == Size) _known.Next = id;
        _ids.Add(id, Size);
        Append(id, MerkleHash.Leaf(json));
    }

    public void Head(StoredHead head)
    {
        if (head.Size != Size) throw Found(Size, null, $"a head speaks of {head.Size} entries, and there are {Size}");
        if (head.PrevSize != _head.Size)
            throw Found(_head.Size, _head.Next, $"the head for {head.Size} entries follows one for {head.PrevSize}, and the one before it is for {_head.Size}");
        var fits = head.Root == Root;
        Judge(fits);
        if (!fits)
            throw Found(_head.Size, _head.Next, $"{Rows(_head.Size)} not what was appended: over the entries up to {Size - 1} the root is not that of the head for {Size}");
        if (head.Frontier is { } frontier && !_tree.IsFrontier(frontier)) throw Found(Size - 1, null, $"the head for {Size} entries has another frontier");
        if (head.CreatedAt != Encoding.ASCII.GetString(_createdAt)) throw Found(Size - 1, null, $"the head for {Size} entries has another time than its newest entry");
        _head = (Size, default);
        Heads++;
    }

    public void Note(StoredNote stored)
    {
        HoldToShown(); // first: one that is stored beside it may be forged
        try
        {
            Hold(NoteCheck.Read(stored, terms), "that is stored");
            Checkpoints++;
        }
        catch (NoteException error)
        {
            throw Found(Size, null, $"a stored checkpoint for {stored.Stated?.Size ?? Size} entries is not good: {error.Message}");
        }
    }

    /// <summary>After the last part.</summary>
    public void End()
    {
        if (_suspect is { } suspect) throw new MisfitException(suspect);
        if (_head.Size != Size) throw Found(_head.Size, _head.Next, $"no head speaks of the rows from {_head.Size} to {Size - 1}");
        HoldToShown();
        if (_nextShown < _shown.Length) Hold(_shown[_nextShown].Checkpoint, _shown[_nextShown].Source);
        if (_tiles.Unfilled is { } tile) throw Found(Size, null, $"there is a tile {tile.Level}/{tile.Index}, and the log has only {Size} entries");
        if (_ids.FirstRepeat() is { } repeat) throw Repeated(repeat);
    }

    /// <summary>The misfit that ended the check, or what stands before it: a row under suspicion, or one whose id is another's, which is only known at the end.</summary>
    public Misfit First(Misfit misfit)
    {
        if (_suspect is { } suspect && !(misfit.Index <= suspect.Index)) misfit = suspect;
        return _ids.FirstRepeat() is { } repeat && !(misfit.Index <= repeat.Index) ? Repeated(repeat).Misfit : misfit;
    }

    public void Dispose() => _ids.Dispose();

    private void Append(Guid id, TreeHash leaf)
    {
        if (_tiles.Contradicts(Size, leaf)) Suspect(id, "the tile over it has another hash");
        _tree.Append(leaf);
        if (terms.HasTiles && _tiles.Compare(_tree.Filled) is { } wrong && _suspect is null) throw Found(wrong.Leaf, null, wrong.What);
    }

    private void HoldToShown()
    {
        for (; _nextShown < _shown.Length && _shown[_nextShown].Checkpoint.Size <= Size; _nextShown++) Hold(_shown[_nextShown].Checkpoint, _shown[_nextShown].Source);
    }

    private void Hold(Checkpoint checkpoint, string source)
    {
        if (checkpoint.Size > Size) throw Found(Size, null, $"the log has only {Size} entries, and the checkpoint {source} has {checkpoint.Size}");
        if (checkpoint.Size < Size) throw Found(Size, null, $"the checkpoint {source} for {checkpoint.Size} entries is out of order");
        var fits = checkpoint.Root == Root;
        Judge(fits);
        if (!fits)
            throw Found(_known.Size, _known.Next, $"{Rows(_known.Size)} not what was signed: the checkpoint {source} has another root for {Size} entries");
        _known = (Size, default);
        Covered = Size;
    }

    /// <summary>The tree tells who is right about the row that something spoke against.</summary>
    private void Judge(bool rootFits)
    {
        if (_suspect is { } suspect)
            throw new MisfitException(suspect with { What = $"{suspect.What}; by the root over it the record {(rootFits ? "is" : "is not")} the one that was appended" });
    }

    private string Rows(long from) => from == Size - 1 ? "it is" : string.Create(CultureInfo.InvariantCulture, $"one of the rows {from} to {Size - 1} is");

    private static MisfitException Repeated((long Index, Guid Id) repeat) => Found(repeat.Index, repeat.Id, "an earlier row has the same id");

    private static MisfitException Found(long? index, Guid? id, string what) => new(new(index, id == default(Guid) ? null : id, what));
}
