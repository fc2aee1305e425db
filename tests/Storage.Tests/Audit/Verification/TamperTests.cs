namespace ComplianceGrid.Storage.Tests.Audit.Verification;

/// <summary>Whatever a superuser with triggers off changes in a log, verify finds, and names the first row that does not fit.</summary>
public sealed class TamperTests(TestLedger ledger) : IClassFixture<TestLedger>
{
    private const int Size = 266;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_log_that_nobody_touched_fits()
    {
        var tenant = await FilledAsync();
        var note = await ledger.CheckpointAsync(tenant);

        var report = await ledger.VerifyAsync(tenant, shown: note);

        Assert.Null(report.Misfit);
        Assert.Equal((Size, 4, 1, 2, Size), (report.Size, report.Heads, report.Tiles, report.Checkpoints, report.Covered));
    }

    [Theory]
    [InlineData(50, "the tile over it has another hash; by the root over it the record is not the one that was appended")] // in a full tile
    [InlineData(262, "one of the rows 260 to 264 is not what was appended")] // in the open one: no finer than its batch
    [InlineData(265, "it is not what was appended")] // a batch of its own
    public async Task An_altered_record(int index, string what)
    {
        var tenant = await FilledAsync();
        await ledger.SpoilAsync($"""UPDATE audit.audit_log SET record = convert_to(replace(convert_from(record, 'UTF8'), '"n":', '"n":1'), 'UTF8') WHERE tenant_id = '{tenant}' AND leaf_index = {index}""");
        var first = index == 262 ? 260 : index;
        await FoundAsync(tenant, first, await ledger.IdOfAsync(tenant, first), what);
    }

    [Theory]
    [InlineData("'{ ' || substr(r, 2)", "the record is not as records are written")]
    [InlineData("""replace(r, '"action":', '"Action":')""", "a member that is unknown")]
    [InlineData("""replace(r, '"u-4"', '"\u0075-4"')""", "needless")]
    [InlineData("""regexp_replace(r, '"resource":"[a-z]+",', '')""", "the member resource is missing")]
    [InlineData("replace(r, '\"v\":1}', '\"v\":1}{}')", "something stands behind it")]
    [InlineData("""replace(r, '"n":4', '"n":4.0')""", "was expected")]
    [InlineData("""replace(r, '"tenant_id":"', '"tenant_id":"x')""", "another tenant's")]
    [InlineData("""replace(r, '"epoch":0', '"epoch":1')""", "of another epoch")]
    [InlineData("""replace(r, '"created_at":"2', '"created_at":"1')""", "created_at is before")]
    public async Task A_record_that_is_none(string altered, string what)
    {
        var tenant = await FilledAsync();
        await ledger.SpoilAsync($"UPDATE audit.audit_log SET record = (SELECT convert_to({altered}, 'UTF8') FROM convert_from(record, 'UTF8') r) WHERE tenant_id = '{tenant}' AND leaf_index = 4");
        await FoundAsync(tenant, 4, await ledger.IdOfAsync(tenant, 4), what);
    }

    public static TheoryData<string, string> Columns => new()
    {
        { "id", "gen_random_uuid()" }, { "timestamp", "timestamp + interval '1 microsecond'" }, { "user_id", "user_id || 'x'" }, { "user_role", "''" },
        { "action", "'READ'" }, { "resource", "'policies'" }, { "resource_id", "'r-5'" }, { "ip_address", "NULL" }, { "user_agent", "''" }, { "request_id", "NULL" },
        { "result", "CASE result WHEN 'SUCCESS' THEN 'FAILURE' ELSE 'SUCCESS' END" }, { "error_code", "NULL" }, { "duration", "duration + 1" },
        { "created_at", "created_at + interval '1 microsecond'" }, { "timestamp", "'infinity'" },
    };

    [Theory, MemberData(nameof(Columns))]
    public async Task A_search_column_that_is_not_its_records(string column, string value)
    {
        foreach (var index in new[] { 4, 264 })
        {
            var tenant = await FilledAsync();
            await ledger.SpoilAsync($"UPDATE audit.audit_log SET {column} = {value} WHERE tenant_id = '{tenant}' AND leaf_index = {index}");
            var member = column == "duration" ? "duration_ms" : column;
            await FoundAsync(tenant, index, await ledger.IdOfAsync(tenant, index), $"the column of {member} is not what the record has; by the root over it the record is the one that was appended");
        }
    }

    [Fact]
    public async Task A_column_that_was_empty()
    {
        var tenant = await FilledAsync();
        await ledger.SpoilAsync($"UPDATE audit.audit_log SET ip_address = '' WHERE tenant_id = '{tenant}' AND leaf_index = 5");
        await FoundAsync(tenant, 5, await ledger.IdOfAsync(tenant, 5), "the column of ip_address");
    }

    [Fact]
    public async Task A_record_that_was_altered_with_its_column()
    {
        var tenant = await FilledAsync();
        await ledger.SpoilAsync($"""
            UPDATE audit.audit_log SET user_id = 'nobody', record = convert_to(replace(convert_from(record, 'UTF8'), '"user_id":"u-7"', '"user_id":"nobody"'), 'UTF8')
             WHERE tenant_id = '{tenant}' AND leaf_index = 7
            """);
        await FoundAsync(tenant, 7, await ledger.IdOfAsync(tenant, 7), "the record is not the one that was appended");
    }

    [Theory]
    [InlineData("DELETE FROM audit.audit_log WHERE {0} AND leaf_index = 9", "there is no such row; the next one is 10")]
    [InlineData("UPDATE audit.audit_log SET leaf_index = 9000 WHERE {0} AND leaf_index = 9", "there is no such row; the next one is 10")]
    [InlineData("UPDATE audit.audit_log SET tenant_id = 'x' || tenant_id WHERE {0} AND leaf_index = 9", "there is no such row")]
    [InlineData("UPDATE audit.audit_log SET epoch = 1 WHERE {0} AND leaf_index = 9", "there is no such row")]
    public async Task A_removed_row(string sql, string what)
    {
        var tenant = await FilledAsync();
        await ledger.SpoilAsync(string.Format(null, sql, $"tenant_id = '{tenant}'"));
        await FoundAsync(tenant, 9, null, what);
    }

    [Fact]
    public async Task The_last_row_removed()
    {
        var tenant = await FilledAsync();
        await ledger.SpoilAsync($"DELETE FROM audit.audit_log WHERE tenant_id = '{tenant}' AND leaf_index = 265");
        await FoundAsync(tenant, 265, null, "a head speaks of 266 entries, and there are 265");
    }

    [Theory]
    [InlineData(4, "there is another row with this index")]
    [InlineData(-1, "its index is below 0")]
    public async Task An_inserted_row(int index, string what)
    {
        var tenant = await FilledAsync();
        var id = Guid.CreateVersion7(ledger.Log.Time.GetUtcNow());
        await ledger.SpoilAsync($"{Copied(tenant, 4, id, index.ToString(null, null))}");
        var report = await ledger.VerifyAsync(tenant);
        Assert.Equal((index, what), (report.Misfit!.Index, report.Misfit.What));
    }

    [Fact]
    public async Task A_row_appended_without_a_head()
    {
        var tenant = await FilledAsync();
        var id = Guid.CreateVersion7(ledger.Log.Time.GetUtcNow());
        await ledger.SpoilAsync($"""{Copied(tenant, 265, id, "266")}; UPDATE audit.audit_log SET record = convert_to(replace(convert_from(record, 'UTF8'), '{await ledger.IdOfAsync(tenant, 265)}', '{id}'), 'UTF8') WHERE id = '{id}'""");
        await FoundAsync(tenant, 266, id, "no head speaks of the rows from 266 to 266");
    }

    [Fact]
    public async Task A_row_put_between_others_that_move_up()
    {
        var tenant = await FilledAsync();
        var id = Guid.CreateVersion7(ledger.Log.Time.GetUtcNow());
        await ledger.SpoilAsync($"""
            UPDATE audit.audit_log SET leaf_index = leaf_index + 1 WHERE tenant_id = '{tenant}' AND leaf_index > 20;
            {Copied(tenant, 20, id, "21")};
            UPDATE audit.audit_log SET record = convert_to(replace(convert_from(record, 'UTF8'), '{await ledger.IdOfAsync(tenant, 20)}', '{id}'), 'UTF8') WHERE id = '{id}'
            """);
        await FoundAsync(tenant, 21, id, "the tile over it has another hash; by the root over it the record is not the one");
    }

    [Fact]
    public async Task Two_rows_that_changed_places()
    {
        var tenant = await FilledAsync();
        var second = await ledger.IdOfAsync(tenant, 12);
        await ledger.SpoilAsync($"UPDATE audit.audit_log SET leaf_index = 23 - leaf_index WHERE tenant_id = '{tenant}' AND leaf_index IN (11, 12)");
        await FoundAsync(tenant, 11, second, "the tile over it has another hash; by the root over it the record is not the one");
    }

    [Fact]
    public async Task A_row_and_its_record_that_were_dated_back()
    {
        var tenant = await FilledAsync();
        await ledger.SpoilAsync($"""
            UPDATE audit.audit_log SET created_at = created_at - interval '30 seconds',
                   record = (SELECT convert_to(regexp_replace(convert_from(record, 'UTF8'), '"created_at":"[^"]+"', '"created_at":"' || to_char((created_at - interval '30 seconds') AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '"'), 'UTF8'))
             WHERE tenant_id = '{tenant}' AND leaf_index = 261
            """);
        await FoundAsync(tenant, 261, await ledger.IdOfAsync(tenant, 261), "created_at is before that of the row before it");
    }

    [Theory]
    [InlineData("UPDATE audit.tile SET hashes = set_byte(hashes, 32 * 77, get_byte(hashes, 32 * 77) # 1) WHERE {0}", 77, "the tile over it has another hash; by the root over it the record is the one that was appended")]
    [InlineData("UPDATE audit.tile SET root = sha256('') WHERE {0}", 0, "the tile 0/0 has another root")]
    [InlineData("DELETE FROM audit.tile WHERE {0}", 0, "the tile 0/0 is missing")]
    [InlineData("INSERT INTO audit.tile SELECT tenant_id, epoch, 0, 1, root, hashes FROM audit.tile WHERE {0}", 265, "the tile over it has")]
    [InlineData("INSERT INTO audit.tile SELECT tenant_id, epoch, 0, 2, root, hashes FROM audit.tile WHERE {0}", 266, "there is a tile 0/2, and the log has only 266 entries")]
    [InlineData("INSERT INTO audit.tile SELECT tenant_id, epoch, 1, 0, root, hashes FROM audit.tile WHERE {0}", 266, "there is a tile 1/0, and the log has only 266 entries")]
    [InlineData("UPDATE audit.log_head SET root = sha256('') WHERE {0} AND size = 265", 260, "one of the rows 260 to 264 is not what was appended")]
    [InlineData("UPDATE audit.log_head SET frontier = set_byte(frontier, 0, get_byte(frontier, 0) # 1) WHERE {0} AND size = 265", 264, "another frontier")]
    [InlineData("UPDATE audit.log_head SET created_at = created_at + interval '1 microsecond' WHERE {0} AND size = 265", 264, "another time")]
    [InlineData("DELETE FROM audit.log_head WHERE {0} AND size = 260", 200, "the head for 265 entries follows one for 260, and the one before it is for 200")]
    [InlineData("DELETE FROM audit.log_head WHERE {0} AND size = 266", 265, "no head speaks of the rows from 265 to 265")]
    [InlineData("UPDATE audit.log_head SET size = 267 WHERE {0} AND size = 266", 266, "a head speaks of 267 entries, and there are 266")]
    [InlineData("UPDATE audit.checkpoint SET note = replace(note, '260', '260 ') WHERE {0}", 260, "is not good")]
    [InlineData("UPDATE audit.checkpoint SET root = sha256('') WHERE {0}", 260, "Its columns have another size or root")]
    [InlineData("UPDATE audit.checkpoint SET size = 261 WHERE {0}", 261, "Its columns have another size or root")]
    [InlineData("UPDATE audit.checkpoint SET tenant_id = 'moved-' || tenant_id WHERE {0}", null, null)] // its own log has lost it: no proof of anything
    public async Task What_is_stored_beside_the_rows(string sql, int? index, string? what)
    {
        var tenant = await FilledAsync();
        await ledger.SpoilAsync(string.Format(null, sql, $"tenant_id = '{tenant}'"));
        var report = await ledger.VerifyAsync(tenant);
        if (what is null)
        {
            Assert.Null(report.Misfit);
            Assert.Contains("It is of another log.", (await ledger.VerifyAsync("moved-" + tenant)).Misfit!.What, StringComparison.Ordinal);
        }
        else if (what == "the tile over it has")
        {
            Assert.Equal(256, report.Misfit!.Index);
        }
        else
        {
            Assert.Equal(index, report.Misfit!.Index);
            Assert.Contains(what, report.Misfit.What, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_id_that_comes_twice_in_a_log_that_is_true_otherwise()
    {
        var tenant = ledger.NewTenant();
        var entry = ledger.Entry(tenant);
        await ledger.Log.Store.AppendAsync(0, [entry, ledger.Entry(tenant)], Ct);
        await ledger.SpoilAsync($"ALTER TABLE audit.audit_log DROP CONSTRAINT IF EXISTS audit_log_pkey; UPDATE audit.audit_log SET id = gen_random_uuid() WHERE id = '{entry.Id}'");
        await ledger.Log.NewStore().AppendAsync(0, [entry, ledger.Entry(tenant)], Ct); // the writer looks ids up, and this one is hidden
        await ledger.SpoilAsync($"UPDATE audit.audit_log SET id = '{entry.Id}' WHERE tenant_id = '{tenant}' AND leaf_index = 0");
        await FoundAsync(tenant, 2, entry.Id, "an earlier row has the same id");
    }

    [Fact]
    public async Task A_log_whose_heads_are_all_gone_is_still_named()
    {
        var tenant = ledger.NewTenant();
        await ledger.AppendAsync(tenant, 3);
        await ledger.SpoilAsync($"DELETE FROM audit.log_head WHERE tenant_id = '{tenant}'");
        Assert.Contains(new(tenant, 0), await ledger.Verification.LogsAsync(null, Ct));
        await FoundAsync(tenant, 0, await ledger.IdOfAsync(tenant, 0), "no head speaks of the rows from 0 to 2");
    }

    private static string Copied(string tenant, int index, Guid id, string to) => $"""
        INSERT INTO audit.audit_log SELECT '{id}', timestamp, tenant_id, epoch, {to}, user_id, user_role, action, resource, resource_id, ip_address, user_agent,
               request_id, result, error_code, duration, created_at, record FROM audit.audit_log WHERE tenant_id = '{tenant}' AND leaf_index = {index}
        """;

    private async Task FoundAsync(string tenant, long index, Guid? id, string what)
    {
        var misfit = (await ledger.VerifyAsync(tenant)).Misfit;
        Assert.Equal((index, id), (misfit?.Index, misfit?.Id));
        Assert.Contains(what, misfit!.What, StringComparison.Ordinal);
    }

    /// <summary>Entries in batches of 200, 60, 5 and 1; a full tile; a checkpoint after 260. Made once, and put back for each test.</summary>
    private async Task<string> FilledAsync()
    {
        const string tenant = "filled";
        if ((await ledger.Verification.LogsAsync(tenant, Ct)).Count == 0)
        {
            await ledger.AppendAsync(tenant, 200, 60);
            await ledger.CheckpointAsync(tenant);
            await ledger.AppendAsync(tenant, 5, 1);
            await ledger.BackUpAsync(tenant);
        }

        await ledger.RestoreAsync(tenant);
        return tenant;
    }
}
