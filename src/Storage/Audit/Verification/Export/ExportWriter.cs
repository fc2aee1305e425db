using System.Buffers;
using System.Text.Json;

namespace ComplianceGrid.Storage.Audit.Verification;

/// <summary>Writes a log as an export's lines: docs/ledger.md has the format.</summary>
internal sealed class ExportWriter(Stream to) : ILogVisitor
{
    private readonly ArrayBufferWriter<byte> _lines = new(1 << 20);

    public long Entries { get; private set; }

    public static ReadOnlySpan<byte> RecordStart => "{\"record\":"u8;

    public void Header(ExportHeader header) => Line(new() { Export = header });

    public void Tile(StoredTile tile)
    {
        // Tiles follow from the records.
    }

    public void Row(StoredRow row)
    {
        _lines.Write(RecordStart);
        _lines.Write(row[RowColumn.Record]);
        _lines.Write("}\n"u8);
        Entries++;
    }

    public void Head(StoredHead head) =>
        Line(new() { Head = new() { PrevSize = head.PrevSize, Size = head.Size, Root = head.Root.ToString(), CreatedAt = head.CreatedAt } });

    public void Note(StoredNote note) => Line(new() { Checkpoint = note.Note });

    public async ValueTask PauseAsync(CancellationToken ct)
    {
        await to.WriteAsync(_lines.WrittenMemory, ct);
        _lines.ResetWrittenCount();
    }

    private void Line(ExportLine line)
    {
        _lines.Write(JsonSerializer.SerializeToUtf8Bytes(line, ExportLine.Json));
        _lines.Write("\n"u8);
    }
}
