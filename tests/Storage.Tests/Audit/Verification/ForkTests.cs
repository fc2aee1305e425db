namespace ComplianceGrid.Storage.Tests.Audit.Verification;

/// <summary>
/// Who may change every row, and has the key too, can make a log that fits in itself. One older checkpoint that somebody else kept
/// finds it, and nothing else does: docs/ledger.md says so.
/// </summary>
public sealed class ForkTests(TestLedger ledger) : IClassFixture<TestLedger>
{
    [Fact]
    public async Task The_tail_cut_off_with_its_heads()
    {
        var tenant = ledger.NewTenant();
        await ledger.AppendAsync(tenant, 250, 10, 3);
        var kept = await ledger.CheckpointAsync(tenant);

        await ledger.SpoilAsync($"""
            DELETE FROM audit.audit_log WHERE tenant_id = '{tenant}' AND leaf_index >= 250;
            DELETE FROM audit.log_head WHERE tenant_id = '{tenant}' AND size > 250;
            DELETE FROM audit.tile WHERE tenant_id = '{tenant}';
            DELETE FROM audit.checkpoint WHERE tenant_id = '{tenant}';
            """);

        await OnlyTheCheckpointFindsAsync(tenant, kept, 250, 250, "the log has only 250 entries, and the checkpoint that was shown has 263");
    }

    [Fact]
    public async Task An_old_backup_put_back()
    {
        var tenant = ledger.NewTenant();
        await ledger.AppendAsync(tenant, 250, 10);
        await ledger.CheckpointAsync(tenant);
        await ledger.BackUpAsync(tenant);
        await ledger.AppendAsync(tenant, 3);
        var kept = await ledger.CheckpointAsync(tenant);

        await ledger.RestoreAsync(tenant);
        await OnlyTheCheckpointFindsAsync(tenant, kept, 260, 260, "the log has only 260 entries, and the checkpoint that was shown has 263");

        await ledger.AppendAsync(tenant, 20); // it goes on, past what was lost
        await ledger.CheckpointAsync(tenant);
        await OnlyTheCheckpointFindsAsync(tenant, kept, 280, 260, "one of the rows 260 to 262 is not what was signed: the checkpoint that was shown has another root for 263 entries");
    }

    [Fact]
    public async Task A_log_written_anew_and_signed_with_the_real_key()
    {
        var tenant = ledger.NewTenant();
        await ledger.AppendAsync(tenant, 250, 10);
        var kept = await ledger.CheckpointAsync(tenant);
        await ledger.AppendAsync(tenant, 5);

        await ledger.SpoilAsync(string.Concat(TestLedger.Tables.Select(table => $"DELETE FROM {table} WHERE tenant_id = '{tenant}';")));
        await ledger.AppendAsync(tenant, 250, 10);
        var forged = await ledger.CheckpointAsync(tenant);
        await ledger.AppendAsync(tenant, 5);

        Assert.Null((await ledger.VerifyAsync(tenant, shown: forged)).Misfit);
        await OnlyTheCheckpointFindsAsync(tenant, kept, 265, 0, "one of the rows 0 to 259 is not what was signed");
    }

    [Fact]
    public async Task An_epoch_is_bound_to_the_log_before_it()
    {
        var tenant = ledger.NewTenant();
        await ledger.AppendAsync(tenant, 5);
        var bound = await ledger.CheckpointAsync(tenant);
        await ledger.OpenEpochAsync(tenant, 1, bound);
        await ledger.AppendAsync(tenant, 3);

        Assert.Equal([new(tenant, 0), new(tenant, 1)], await ledger.Verification.LogsAsync(tenant, TestContext.Current.CancellationToken));
        Assert.Null((await ledger.VerifyAsync(tenant)).Misfit);
        Assert.Equal((null, 4), ((await ledger.VerifyAsync(tenant, epoch: 1)).Misfit, (await ledger.VerifyAsync(tenant, epoch: 1)).Size));

        // The old log is held to what the new one is bound to, even when nothing of it is left.
        await ledger.SpoilAsync(string.Concat(TestLedger.Tables.Select(table => $"DELETE FROM {table} WHERE tenant_id = '{tenant}' AND epoch = 0;")));
        Assert.Contains(new(tenant, 0), await ledger.Verification.LogsAsync(tenant, TestContext.Current.CancellationToken));
        Assert.Equal("the log has only 0 entries, and the checkpoint that epoch 1 is bound to has 5", (await ledger.VerifyAsync(tenant)).Misfit!.What);
    }

    [Theory]
    [InlineData("UPDATE audit.epoch SET origin = origin || '0' WHERE tenant_id = '{0}'", "the epoch's origin is not")]
    [InlineData("UPDATE audit.epoch SET bound_checkpoint = replace(bound_checkpoint, '5', '4') WHERE tenant_id = '{0}'", "the checkpoint that epoch 1 is bound to is not good")]
    [InlineData("DELETE FROM audit.epoch WHERE tenant_id = '{0}'", "there is no epoch 1")]
    [InlineData("UPDATE audit.epoch SET bound_checkpoint = (SELECT note FROM audit.checkpoint WHERE tenant_id = '{0}' AND size = 2) WHERE tenant_id = '{0}'", "the first record does not hold the checkpoint")]
    public async Task An_epoch_bound_otherwise(string sql, string what)
    {
        var tenant = ledger.NewTenant();
        await ledger.AppendAsync(tenant, 2);
        await ledger.CheckpointAsync(tenant);
        await ledger.AppendAsync(tenant, 3);
        await ledger.OpenEpochAsync(tenant, 1, await ledger.CheckpointAsync(tenant));

        await ledger.SpoilAsync(string.Format(null, sql, tenant));

        Assert.Contains(what, (await ledger.VerifyAsync(tenant, epoch: 1)).Misfit!.What, StringComparison.Ordinal);
    }

    private async Task OnlyTheCheckpointFindsAsync(string tenant, string kept, long size, long index, string what)
    {
        var plain = await ledger.VerifyAsync(tenant);
        Assert.Equal((null, size), (plain.Misfit, plain.Size));
        var misfit = (await ledger.VerifyAsync(tenant, shown: kept)).Misfit;
        Assert.Equal(index, misfit?.Index);
        Assert.StartsWith(what, misfit!.What, StringComparison.Ordinal);
    }
}
