using System.Collections.Immutable;
using System.Text.Json;
using ComplianceGrid.Storage.Audit.Ledger;
using ComplianceGrid.Storage.Audit.Notes;

namespace ComplianceGrid.Storage.Audit.Verification;

/// <summary>Verifies a log from its export alone: no database, no network. One pass, in bounded memory.</summary>
/// <param name="keys">Whose checkpoints are good. An export says nothing about that.</param>
public sealed class ExportVerification(ImmutableArray<VerifierKey> keys, TimeProvider time)
{
    private const int LinesBetweenReports = 4096;

    /// <param name="shown">A checkpoint that was kept elsewhere, its signature verified; null: none.</param>
    /// <param name="progress">Is told how many entries were read, now and then.</param>
    /// <exception cref="FormatException">The file does not begin as an export does.</exception>
    public async Task<LogReport> VerifyAsync(Stream export, Checkpoint? shown = null, IProgress<long>? progress = null, CancellationToken ct = default)
    {
        var lines = new LineReader(export);
        if (!await lines.ReadAsync(ct) || Parse(lines.Current.Span)?.Export is not { Version: ExportHeader.CurrentVersion } header) throw new FormatException("The file is no export of a log.");
        return await VerificationRun.RunAsync(header.Origin, time, () => Task.FromResult(TermsOf(header, shown)), async check =>
        {
            await ReadAsync(lines, check, progress, ct);
            if (check.Size != header.Size || check.Root.ToString() != header.Root)
                throw new MisfitException(new(check.Size, null, $"the first line speaks of {header.Size} entries with another root"));
        });
    }

    private static async Task ReadAsync(LineReader lines, LogCheck check, IProgress<long>? progress, CancellationToken ct)
    {
        for (var number = 2L; ; number++)
        {
            try
            {
                if (!await lines.ReadAsync(ct)) return;
                Line(lines.Current.Span, check);
            }
            catch (FormatException error)
            {
                throw new MisfitException(new(check.Size, null, $"line {number}: {error.Message}"));
            }

            if (number % LinesBetweenReports == 0) progress?.Report(check.Size);
        }
    }

    private static void Line(ReadOnlySpan<byte> line, LogCheck check)
    {
        if (line.StartsWith(ExportWriter.RecordStart) && line[^1] == (byte)'}')
        {
            var json = line[ExportWriter.RecordStart.Length..^1];
            check.Record(json, Record.Read(json));
            return;
        }

        switch (Parse(line))
        {
            case { Head: { } head, Checkpoint: null, Export: null }: check.Head(new(head.PrevSize, head.Size, TreeHash.Parse(head.Root), null, head.CreatedAt)); break;
            case { Checkpoint: { } note, Head: null, Export: null }: check.Note(new(note, null)); break;
            default: throw new FormatException("it is no line of an export");
        }
    }

    private LogTerms TermsOf(ExportHeader header, Checkpoint? shown)
    {
        var ledger = keys.Select(key => key.Name).Distinct().SingleOrDefault(name => header.Origin == LedgerOrigin.Of(name, header.Tenant, header.Epoch));
        if (ledger is null) throw Unfit("none of the keys is of the export's ledger");
        if (shown is not null && shown.Origin != header.Origin) throw Unfit("the checkpoint that was shown is of another log");
        if (header.Epoch > 0 != header.BoundCheckpoint is not null) throw Unfit("every epoch but the first is bound to a checkpoint");
        try
        {
            if (header.BoundCheckpoint is { } bound) NoteCheck.ReadBound(bound, ledger, header.Tenant, header.Epoch, keys);
        }
        catch (NoteException error)
        {
            throw Unfit($"the checkpoint that the epoch is bound to is not good: {error.Message}");
        }

        return new()
        {
            Tenant = header.Tenant,
            Epoch = header.Epoch,
            Origin = header.Origin,
            HasTiles = false,
            Keys = keys,
            BoundNote = header.BoundCheckpoint,
            Shown = shown is null ? [] : [new(shown, "that was shown")],
        };
    }

    private static ExportLine? Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, ExportLine.Json);
        }
        catch (JsonException)
        {
            throw new FormatException("it is no line of an export");
        }
    }

    private static MisfitException Unfit(string what) => new(new(null, null, what));
}
