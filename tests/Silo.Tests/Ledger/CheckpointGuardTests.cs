using ComplianceGrid.Silo.Ledger.Archive;
using ComplianceGrid.Storage.Audit.Ledger;

namespace ComplianceGrid.Silo.Tests.Ledger;

/// <summary>Who has everything, triggers disabled, against what lies in the archive.</summary>
public sealed class CheckpointGuardTests(LedgerDatabase database) : IClassFixture<LedgerDatabase>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private const string Snapshot = """
        DROP SCHEMA IF EXISTS backup CASCADE; CREATE SCHEMA backup;
        CREATE TABLE backup.audit_log AS TABLE audit.audit_log; CREATE TABLE backup.log_head AS TABLE audit.log_head; CREATE TABLE backup.tile AS TABLE audit.tile;
        CREATE TABLE backup.checkpoint AS TABLE audit.checkpoint; CREATE TABLE backup.checkpoint_delivery AS TABLE audit.checkpoint_delivery; CREATE TABLE backup.epoch AS TABLE audit.epoch;
        """;

    private const string Restore = """
        TRUNCATE audit.audit_log, audit.log_head, audit.tile, audit.checkpoint, audit.checkpoint_delivery, audit.epoch;
        INSERT INTO audit.audit_log SELECT * FROM backup.audit_log; INSERT INTO audit.log_head SELECT * FROM backup.log_head; INSERT INTO audit.tile SELECT * FROM backup.tile;
        INSERT INTO audit.checkpoint SELECT * FROM backup.checkpoint; INSERT INTO audit.checkpoint_delivery SELECT * FROM backup.checkpoint_delivery; INSERT INTO audit.epoch SELECT * FROM backup.epoch;
        """;

    [Fact]
    public async Task A_whole_log_is_appended_to_however_it_stands_to_its_checkpoint()
    {
        await using var bed = await database.NewBedAsync();
        Assert.Equal(1, (await bed.AppendAsync(bed.NewGuarded(), "acme", 1, Ct)).Written); // nothing is published yet
        foreach (var entries in new[] { 0, 1, 254, 255, 256, 300 })
        {
            if (entries > 0) await bed.AppendAsync(bed.NewGuarded(), "acme", entries, Ct);
            await PublishAsync(bed, "acme");
            var running = bed.NewGuarded();
            Assert.Equal(1, (await bed.AppendAsync(running, "acme", 1, Ct)).Written); // right at the checkpoint
            Assert.Equal(1, (await bed.AppendAsync(running, "acme", 1, Ct)).Written);
            Assert.Equal(7, (await bed.AppendAsync(bed.NewGuarded(), "acme", 7, Ct)).Written); // beyond it
        }
    }

    [Theory]
    [InlineData(0), InlineData(1), InlineData(255), InlineData(256), InlineData(299)]
    public async Task A_log_whose_tail_was_cut_with_its_heads_refuses_and_no_other(long left)
    {
        await using var bed = await database.NewBedAsync();
        var running = bed.NewGuarded();
        await bed.AppendAsync(running, "globex", 1, Ct);
        foreach (var entries in new[] { 1, 254, 1, 43, 1 }) await bed.AppendAsync(running, "acme", entries, Ct); // heads of 1, 255, 256, 299 and 300
        await PublishAsync(bed, "acme");
        await PublishAsync(bed, "globex");
        await bed.CutAsync("acme", left, Ct);
        await bed.TamperAsync("DELETE FROM audit.checkpoint_delivery; DELETE FROM audit.checkpoint", Ct); // the database's own witness is silenced

        foreach (var silo in new[] { bed.NewGuarded(), running }) // one that was started anew, and one that knew the log
        {
            var outcome = await bed.AppendAsync(silo, ["acme", "globex", "initech"], Ct);
            Assert.Equal((2, "acme"), (outcome.Written, Assert.Single(outcome.RefusedTenants)));
        }

        Assert.Equal(left, await bed.ScalarAsync<long>("SELECT count(*) FROM audit.audit_log WHERE tenant_id = 'acme'", Ct));
    }

    [Fact]
    public async Task The_databases_own_checkpoint_is_enough_where_there_is_no_archive()
    {
        await using var bed = await database.NewBedAsync();
        foreach (var _ in Enumerable.Range(0, 5)) await bed.AppendAsync(bed.NewWriter(), "acme", 1, Ct);
        await bed.PublishAsync("acme", Ct);
        await bed.CutAsync("acme", 3, Ct);

        Assert.Equal(0, (await bed.AppendAsync(bed.NewWriter(bed.NewGuard()), "acme", 1, Ct)).Written);
    }

    [Fact]
    public async Task An_older_backup_that_is_put_back_is_not_written_to()
    {
        await using var bed = await database.NewBedAsync();
        var running = bed.NewGuarded();
        await bed.AppendAsync(running, ["acme", "acme", "globex"], Ct);
        await PublishAsync(bed, "acme");
        await PublishAsync(bed, "globex");
        await bed.TamperAsync(Snapshot, Ct);
        await bed.AppendAsync(running, "acme", 3, Ct);
        await PublishAsync(bed, "acme");
        await bed.TamperAsync(Restore, Ct);

        foreach (var silo in new[] { running, bed.NewGuarded() })
        {
            var outcome = await bed.AppendAsync(silo, ["acme", "globex"], Ct);
            Assert.Equal((1, "acme"), (outcome.Written, Assert.Single(outcome.RefusedTenants)));
        }
    }

    [Fact]
    public async Task A_log_that_goes_on_otherwise_than_it_was_published_refuses()
    {
        await using var bed = await database.NewBedAsync();
        await bed.AppendAsync(bed.NewWriter(), "acme", 3, Ct);
        await bed.AppendAsync(bed.NewWriter(), "acme", 3, Ct);
        await PublishAsync(bed, "acme");
        await bed.CutAsync("acme", 3, Ct);
        await bed.AppendAsync(bed.NewWriter(), "acme", 3, Ct); // as large as it was
        var atThatSize = await bed.AppendAsync(bed.NewGuarded(), "acme", 1, Ct);
        await bed.AppendAsync(bed.NewWriter(), "acme", 600, Ct); // and beyond
        var beyond = await bed.AppendAsync(bed.NewGuarded(), "acme", 1, Ct);

        Assert.Equal((0, 0), (atThatSize.Written, beyond.Written));
    }

    [Fact]
    public async Task A_head_that_does_not_belong_to_the_rows_refuses()
    {
        await using var bed = await database.NewBedAsync();
        await bed.AppendAsync(bed.NewWriter(), "acme", 300, Ct);
        await PublishAsync(bed, "acme");
        await bed.AppendAsync(bed.NewWriter(), "acme", 1, Ct);
        await bed.TamperAsync("UPDATE audit.audit_log SET record = record || ' '::bytea WHERE leaf_index = 290", Ct);

        Assert.Equal(0, (await bed.AppendAsync(bed.NewGuarded(), "acme", 1, Ct)).Written);
    }

    [Fact]
    public async Task A_damaged_archive_protects_by_what_is_left_of_it_and_one_that_is_away_holds_nobody_up()
    {
        await using var bed = await database.NewBedAsync();
        foreach (var _ in Enumerable.Range(0, 2))
        {
            await bed.AppendAsync(bed.NewWriter(), "acme", 3, Ct);
            await PublishAsync(bed, "acme");
        }

        await bed.CutAsync("acme", 3, Ct);
        await bed.TamperAsync("DELETE FROM audit.checkpoint_delivery; DELETE FROM audit.checkpoint", Ct);
        var newest = Path.Combine(bed.ArchiveFolder, CheckpointArchive.NameOf("acme", 0, 6));
        File.Delete(newest);
        await File.WriteAllTextAsync(newest, "not this", Ct);
        Assert.Equal(1, (await bed.AppendAsync(bed.NewGuarded(), "acme", 1, Ct)).Written); // by the older one, 3, it is whole
        await bed.CutAsync("acme", 0, Ct);
        Assert.Equal(0, (await bed.AppendAsync(bed.NewGuarded(), "acme", 1, Ct)).Written);

        var away = bed.NewArchive(Path.Combine(bed.KeyFile, "below-a-file"));
        Assert.Equal(1, (await bed.AppendAsync(bed.NewWriter(bed.NewGuard(away)), "acme", 1, Ct)).Written);
        Assert.Equal(0, (await bed.AppendAsync(bed.NewWriter(bed.NewGuard(away, bed.Archive)), "acme", 1, Ct)).Written);
    }

    [Fact]
    public async Task A_head_that_was_overtaken_while_it_was_read_is_no_alarm()
    {
        await using var bed = await database.NewBedAsync();
        await bed.AppendAsync(bed.NewWriter(), "acme", 3, Ct);
        var read = (await LogHeads.NewestAsync(bed.Audit, "acme", ct: Ct))!;
        await bed.AppendAsync(bed.NewWriter(), "acme", 3, Ct); // another silo
        await PublishAsync(bed, "acme");

        Assert.Null(await bed.NewGuard(bed.Archive).RefusalAsync(read, Ct));
        await bed.CutAsync("acme", 3, Ct);
        Assert.Contains("3 entries", await bed.NewGuard(bed.Archive).RefusalAsync(read, Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_checkpoint_that_no_key_of_ours_signed_stops_nobody()
    {
        await using var bed = await database.NewBedAsync();
        await bed.AppendAsync(bed.NewWriter(), "acme", 3, Ct);
        var real = await bed.PublishAsync("acme", Ct);
        await bed.InsertAsync("acme", 0, 99, new byte[32], real.Note.ToString().Replace("\n3\n", "\n99\n", StringComparison.Ordinal), Ct);
        await bed.InsertAsync("acme", 7, 1, new byte[32], "no note", Ct);

        Assert.Equal(1, (await bed.AppendAsync(bed.NewGuarded(), "acme", 1, Ct)).Written);
    }

    private static async Task PublishAsync(LedgerBed bed, string tenant)
    {
        await bed.PublishAsync(tenant, Ct);
        await bed.NewDelivery(new ArchiveTarget(bed.Archive, bed.Audit)).RunAsync(Ct);
    }
}
