using System.Text;
using ComplianceGrid.Storage.Audit.Notes;
using ComplianceGrid.Storage.Audit.Verification;

namespace ComplianceGrid.Storage.Tests.Audit.Verification;

public sealed class ExportTests(TestLedger ledger) : IClassFixture<TestLedger>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_export_verifies_without_its_database()
    {
        var tenant = ledger.NewTenant();
        await ledger.AppendAsync(tenant, 1, 258, 4);
        await ledger.CheckpointAsync(tenant);
        await ledger.AppendAsync(tenant, 2);

        var stored = await ledger.VerifyAsync(tenant);
        var report = await VerifyAsync(await ledger.ExportAsync(tenant));

        Assert.Null(report.Misfit);
        Assert.Equal(stored with { Tiles = 0, Elapsed = default }, report with { Elapsed = default });
        Assert.Equal((265, 4, 1, 263), (report.Size, report.Heads, report.Checkpoints, report.Covered));
    }

    [Fact]
    public async Task An_empty_log_and_one_without_a_checkpoint_are_logs_too()
    {
        var tenant = ledger.NewTenant();
        Assert.Equal((true, 0), ((await VerifyAsync(await ledger.ExportAsync(tenant))).Fits, (await VerifyAsync(await ledger.ExportAsync(tenant))).Size));
        await ledger.AppendAsync(tenant, 3);
        var report = await VerifyAsync(await ledger.ExportAsync(tenant));
        Assert.Equal((true, 3, null), (report.Fits, report.Size, report.Covered));
    }

    [Fact]
    public async Task Any_bit_that_changed_is_found()
    {
        var tenant = ledger.NewTenant();
        await ledger.AppendAsync(tenant, 3, 2);
        await ledger.CheckpointAsync(tenant);
        var export = await ledger.ExportAsync(tenant);

        for (var bit = 0; bit < export.Length * 8; bit++)
        {
            var altered = export.ToArray();
            altered[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.False(await IsGoodAsync(altered), $"bit {bit % 8} of byte {bit / 8}");
        }
    }

    [Fact]
    public async Task Lines_that_went_came_or_changed_places_are_found_and_the_row_named()
    {
        var tenant = ledger.NewTenant();
        await ledger.AppendAsync(tenant, 3, 2);
        await ledger.CheckpointAsync(tenant);
        var lines = Encoding.UTF8.GetString(await ledger.ExportAsync(tenant)).TrimEnd('\n').Split('\n'); // header, 3 records, head, 2 records, head, checkpoint

        await FoundAsync(0, "one of the rows 0 to 2 is not what was appended", [lines[0], lines[2], lines[1], .. lines[3..]]);
        await FoundAsync(1, "a head speaks of 3 entries, and there are 1", [.. lines[..2], .. lines[4..]]);
        await FoundAsync(3, "an earlier row has the same id", [.. lines[..5], lines[1], .. lines[5..]]);
        await FoundAsync(4, "created_at is before", [.. lines[..6], lines[2].Replace("created_at\":\"2", "created_at\":\"1"), .. lines[7..]]);
        await FoundAsync(3, "no head speaks of the rows from 3 to 4", [.. lines[..7]]);
        await FoundAsync(5, "the first line speaks of 5 entries", [lines[0].Replace("\"root\":\"", "\"root\":\"A"), .. lines[1..]]);
        await FoundAsync(3, "line 6: it is no line of an export", [.. lines[..5], "{}", .. lines[5..]]);
        await FoundAsync(null, "none of the keys is of the export's ledger", [lines[0].Replace("ledger", "lodger"), .. lines[1..]]);
    }

    [Fact]
    public async Task A_checkpoint_that_was_kept_holds_an_export_too()
    {
        var tenant = ledger.NewTenant();
        await ledger.AppendAsync(tenant, 3);
        var before = await ledger.ExportAsync(tenant);
        await ledger.AppendAsync(tenant, 2);
        var kept = await ledger.CheckpointAsync(tenant);

        Assert.Null((await VerifyAsync(await ledger.ExportAsync(tenant), kept)).Misfit);
        Assert.Null((await VerifyAsync(before)).Misfit);
        Assert.Equal("the log has only 3 entries, and the checkpoint that was shown has 5", (await VerifyAsync(before, kept)).Misfit!.What);
    }

    [Fact]
    public async Task A_line_without_an_end_is_refused()
    {
        var without = new MemoryStream(Encoding.UTF8.GetBytes("{\"export\":" + new string('x', LineReader.Longest)));
        await Assert.ThrowsAsync<FormatException>(() => new ExportVerification([ledger.Key], TimeProvider.System).VerifyAsync(without, ct: Ct));
    }

    private Task<LogReport> VerifyAsync(byte[] export, string? shown = null) => new ExportVerification([ledger.Key], TimeProvider.System).VerifyAsync(
        new MemoryStream(export), shown is null ? null : Checkpoint.Verified(SignedNote.Parse(shown), [ledger.Key]), ct: Ct);

    private async Task<bool> IsGoodAsync(byte[] export)
    {
        try
        {
            return (await VerifyAsync(export)).Fits;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private async Task FoundAsync(long? index, string what, params string[] lines)
    {
        var misfit = (await VerifyAsync(Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"))).Misfit;
        Assert.Equal(index, misfit?.Index);
        Assert.StartsWith(what, misfit!.What, StringComparison.Ordinal);
    }
}
