using ComplianceGrid.Silo.Ledger.Archive;
using ComplianceGrid.Silo.Ledger.Epochs;
using ComplianceGrid.Storage.Audit.Notes;

namespace ComplianceGrid.Silo.Tests.Ledger;

public sealed class LedgerCommandTests(LedgerDatabase database) : IClassFixture<LedgerDatabase>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private const string Entries = """
        SELECT string_agg(concat_ws('/', epoch, leaf_index, action, user_role), ' ' ORDER BY epoch, leaf_index) FROM audit.audit_log WHERE tenant_id = 'acme'
        """;

    [Fact]
    public async Task A_log_that_refuses_goes_on_in_a_new_epoch_bound_to_what_was_published()
    {
        await using var bed = await database.NewBedAsync();
        var running = bed.NewGuarded();
        await bed.AppendAsync(running, "acme", 2, Ct);
        await bed.AppendAsync(running, "acme", 1, Ct);
        var bound = await PublishAsync(bed);
        Assert.Equal(1, (await RunAsync(bed)).Code); // it is whole
        await bed.CutAsync("acme", 2, Ct);
        await bed.TamperAsync("DELETE FROM audit.checkpoint_delivery; DELETE FROM audit.checkpoint", Ct);
        Assert.Equal(0, (await bed.AppendAsync(running, "acme", 1, Ct)).Written);

        var (code, output, error) = await RunAsync(bed);

        Assert.Equal((0, ""), (code, error));
        Assert.Contains("example.com/ledger/acme/1", output, StringComparison.Ordinal);
        Assert.Contains(bound.Root.ToString(), output, StringComparison.Ordinal);
        Assert.Equal(1, (await bed.AppendAsync(running, "acme", 1, Ct)).Written); // what waited is taken
        Assert.Equal("0/0/READ/ComplianceManager 0/1/READ/ComplianceManager 1/0/LEDGER_EPOCH_OPENED/operator 1/1/READ/ComplianceManager", await bed.ScalarAsync<string>(Entries, Ct));
        Assert.Equal($"example.com/ledger/acme/1 {bound.Note}", await bed.ScalarAsync<string>("SELECT origin || ' ' || bound_checkpoint FROM audit.epoch", Ct));
        Assert.Equal($"operator:{Environment.UserName} example.com/ledger/acme/1 0 3 {bound.Root} 2", await bed.ScalarAsync<string>("""
            SELECT concat_ws(' ', r->>'user_id', r->>'resource_id', r#>>'{details,bound,epoch}', r#>>'{details,bound,size}', r#>>'{details,bound,root}', r#>>'{details,found,size}')
              FROM (SELECT convert_from(record, 'UTF8')::json r FROM audit.audit_log WHERE epoch = 1 AND leaf_index = 0) e
            """, Ct));
        Assert.Equal("example.com/ledger/acme/1", Checkpoint.Parse((await PublishAsync(bed)).Note.Text).Origin);
        Assert.Equal(1, (await bed.AppendAsync(bed.NewGuarded(), "acme", 1, Ct)).Written);

        (code, output, error) = await RunAsync(bed); // once more
        Assert.Equal((1, ""), (code, output));
        Assert.Contains("needs no new epoch", error, StringComparison.Ordinal);
        Assert.Equal(1L, await bed.ScalarAsync<long>("SELECT count(*) FROM audit.epoch", Ct));
    }

    [Fact]
    public async Task A_new_log_can_be_cut_too_and_an_epoch_that_went_with_a_backup_is_not_used_again()
    {
        await using var bed = await database.NewBedAsync();
        for (var epoch = 0; epoch < 2; epoch++)
        {
            await bed.AppendAsync(bed.NewGuarded(), "acme", 1, Ct);
            await bed.AppendAsync(bed.NewGuarded(), "acme", 1, Ct);
            await PublishAsync(bed);
            await bed.TamperAsync($"DELETE FROM audit.log_head WHERE epoch = {epoch} AND size > 1; DELETE FROM audit.audit_log WHERE epoch = {epoch} AND leaf_index > 0", Ct);
            if (epoch == 0) Assert.Equal(0, (await RunAsync(bed)).Code);
        }

        await bed.TamperAsync("DELETE FROM audit.epoch", Ct); // as in a backup from before
        Assert.Equal(0, (await bed.AppendAsync(bed.NewGuarded(), "acme", 1, Ct)).Written);
        var (code, output, _) = await RunAsync(bed);

        Assert.Equal(0, code);
        Assert.Contains("example.com/ledger/acme/2", output, StringComparison.Ordinal);
        Assert.Equal(1, (await bed.AppendAsync(bed.NewGuarded(), "acme", 1, Ct)).Written);
    }

    [Fact]
    public async Task A_checkpoint_that_an_auditor_kept_counts_where_ours_are_gone()
    {
        await using var bed = await database.NewBedAsync();
        var running = bed.NewGuarded();
        await bed.AppendAsync(running, "acme", 1, Ct);
        await bed.AppendAsync(running, "acme", 1, Ct);
        var file = Path.Combine(bed.Folder, "mailed.note");
        await File.WriteAllTextAsync(file, (await bed.PublishAsync("acme", Ct)).Note.ToString(), Ct); // never archived
        await bed.CutAsync("acme", 1, Ct);
        await bed.TamperAsync("DELETE FROM audit.checkpoint", Ct);
        Assert.Equal(1, (await RunAsync(bed)).Code);
        Assert.Equal(1, (await bed.AppendAsync(running, "acme", 1, Ct)).Written); // nobody here knows better

        Assert.Equal(0, (await RunAsync(bed, "--checkpoint", file)).Code);

        await bed.AppendAsync(running, "acme", 1, Ct); // it had the old log in mind
        Assert.EndsWith(" 0/1/READ/ComplianceManager 1/0/LEDGER_EPOCH_OPENED/operator 1/1/READ/ComplianceManager", await bed.ScalarAsync<string>(Entries, Ct), StringComparison.Ordinal);
        Assert.Equal(1, (await RunAsync(bed, "--checkpoint", file)).Code);
    }

    [Fact]
    public async Task Of_two_operators_one_opens_it()
    {
        await using var bed = await database.NewBedAsync();
        await bed.AppendAsync(bed.NewWriter(), "acme", 1, Ct);
        await PublishAsync(bed);
        await bed.CutAsync("acme", 0, Ct);

        var codes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () => (await RunAsync(bed)).Code, Ct)));

        Assert.Equal([0, 1, 1, 1], codes.Order());
        Assert.Equal("1/0/LEDGER_EPOCH_OPENED/operator", await bed.ScalarAsync<string>(Entries, Ct));
    }

    [Fact]
    public async Task What_is_no_checkpoint_of_the_tenant_opens_nothing()
    {
        await using var bed = await database.NewBedAsync();
        await bed.AppendAsync(bed.NewWriter(), ["acme", "globex"], Ct);
        var file = Path.Combine(bed.Folder, "shown.note");
        var good = await bed.PublishAsync("globex", Ct);
        foreach (var content in new[] { "", good.Note.ToString(), good.Note.ToString().Replace("globex\n1", "acme\n9", StringComparison.Ordinal) })
        {
            await File.WriteAllTextAsync(file, content, Ct);
            var (code, _, error) = await RunAsync(bed, "--checkpoint", file);
            Assert.Equal(1, code);
            Assert.NotEmpty(error);
        }

        Assert.Equal(1, (await RunAsync(bed, "--checkpoint", file + ".none")).Code);
        Assert.Equal(1, (await RunAsync(bed)).Code); // nothing of acme's was published
        Assert.Equal(0L, await bed.ScalarAsync<long>("SELECT count(*) FROM audit.epoch", Ct));
    }

    [Theory]
    [InlineData("new-epoch")]
    [InlineData("new-epoch", "--tenant")]
    [InlineData("new-epoch", "--tenant", "../acme")]
    [InlineData("new-epoch", "--tenant", "acme", "--checkpoint")]
    [InlineData("drop", "--tenant", "acme")]
    public async Task What_it_does_not_know_it_says(params string[] args)
    {
        using StringWriter output = new(), error = new();
        Assert.Equal(2, await LedgerCommand.RunAsync(args, output, error));
        Assert.Contains("ledger new-epoch --tenant", error.ToString(), StringComparison.Ordinal);
    }

    private static async Task<LogCheckpoint> PublishAsync(LedgerBed bed)
    {
        var checkpoint = await bed.PublishAsync("acme", Ct);
        await bed.NewDelivery(new ArchiveTarget(bed.Archive, bed.Audit)).RunAsync(Ct);
        return checkpoint;
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(LedgerBed bed, params string[] more)
    {
        using StringWriter output = new(), error = new();
        var code = await LedgerCommand.RunAsync(["new-epoch", "--tenant", "acme", .. more], output, error,
            $"--ConnectionStrings:Audit={bed.WriterConnection}", $"--Ledger:Origin={LedgerBed.Origin}", $"--Ledger:PublicKeyFiles:0={bed.KeyFile}",
            "--Checkpoints:Targets:archive:Kind=Archive", $"--Checkpoints:Targets:archive:Directory={bed.ArchiveFolder}", "--Logging:LogLevel:Default=None");
        return (code, output.ToString(), error.ToString());
    }
}
