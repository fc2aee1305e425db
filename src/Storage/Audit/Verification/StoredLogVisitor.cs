using System.Globalization;
using System.Text;

namespace ComplianceGrid.Storage.Audit.Verification;

/// <summary>Holds a stored log to its rules: what the tables add to the records is checked here.</summary>
internal sealed class StoredLogVisitor(LogCheck check, IReadOnlyDictionary<int, string> partitions, IProgress<long>? progress) : ILogVisitor
{
    private const int Month = 7; // 2026-07

    private readonly Dictionary<(int Partition, int Month), bool> _fits = [];

    public void Tile(StoredTile tile) => check.Tile(tile);

    public void Row(StoredRow row)
    {
        var index = row.Long(RowColumn.LeafIndex);
        if (index > check.Size) throw Found(check.Size, null, string.Create(null, $"there is no such row; the next one is {index}"));
        if (index < check.Size) throw Found(index, row.Id, index < 0 ? "its index is below 0" : "there is another row with this index");
        var json = row[RowColumn.Record];
        var record = Read(json, row);
        if (ColumnComparison.FirstDifference(row, record) is { } member)
            check.Suspect(row.Id, $"the column of {RecordMembers.TextOf(member)} is not what the record has");
        else if (!IsInItsMonth(row.Int(RowColumn.Partition), record[RecordMember.CreatedAt]))
            throw Found(index, row.Id, $"it is in {partitions.GetValueOrDefault(row.Int(RowColumn.Partition), "no known table")}, which is not its month's");
        check.Record(json, record);
    }

    public void Head(StoredHead head) => check.Head(head);

    public void Note(StoredNote note) => check.Note(note);

    public ValueTask PauseAsync(CancellationToken ct)
    {
        progress?.Report(check.Size);
        return default;
    }

    private static Record Read(ReadOnlySpan<byte> json, StoredRow row)
    {
        try
        {
            return Record.Read(json);
        }
        catch (FormatException error)
        {
            throw Found(row.Long(RowColumn.LeafIndex), row.Id, $"the record is not as records are written: {error.Message}");
        }
    }

    private bool IsInItsMonth(int partition, ReadOnlySpan<byte> createdAt)
    {
        var month = createdAt[..Month];
        var key = (partition, (month[0] * 1000 + month[1] * 100 + month[2] * 10 + month[3]) * 100 + month[5] * 10 + month[6]);
        if (_fits.TryGetValue(key, out var fits)) return fits;
        var name = string.Create(CultureInfo.InvariantCulture, $"audit_log_{Encoding.ASCII.GetString(month).Replace('-', '_')}");
        return _fits[key] = partitions.TryGetValue(partition, out var actual) && actual == name;
    }

    private static MisfitException Found(long index, Guid? id, string what) => new(new(index, id, what));
}
