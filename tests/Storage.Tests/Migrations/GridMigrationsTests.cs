using ComplianceGrid.Storage.Migrations;
using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Storage.Tests.Migrations;

public sealed class GridMigrationsTests
{
    private static readonly string[] OrleansQueries =
    [
        "GatewaysQueryKey", "MembershipReadRowKey", "MembershipReadAllKey", "InsertMembershipVersionKey", "InsertMembershipKey",
        "UpdateMembershipKey", "UpdateIAmAlivetimeKey", "DeleteMembershipTableEntriesKey", "CleanupDefunctSiloEntriesKey",
        "ReadReminderRowsKey", "ReadReminderRowKey", "ReadRangeRows1Key", "ReadRangeRows2Key", "UpsertReminderRowKey",
        "DeleteReminderRowKey", "DeleteReminderRowsKey",
        "WriteToStorageKey", "ReadFromStorageKey", "ClearStorageKey", "DeleteStorageKey",
    ];

    [Fact]
    public async Task Concurrent_runs_apply_each_script_once_and_a_later_run_nothing()
    {
        await using var db = await GridDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await DropEverythingAsync(db);
        await using var silo = NpgsqlDataSource.Create(db.Grid(GridRole.Silo));
        Assert.False(await SchemaVersion.IsCurrentAsync(silo, TestContext.Current.CancellationToken));

        List<string> reported = [];
        var runs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
            () => GridMigrations.Run(db.Grid(GridRole.Owner), script => { lock (reported) reported.Add(script); }))));

        Assert.Equal(reported.Count, runs.Sum());
        Assert.Equal(3, runs.Count(applied => applied == 0));
        Assert.Equal(reported.Order(StringComparer.Ordinal), reported);
        Assert.Contains("0002_orleans.sql", reported);
        Assert.Equal(0, GridMigrations.Run(db.Grid(GridRole.Owner)));
        foreach (var role in new[] { GridRole.Silo, GridRole.Api, GridRole.Gateway, GridRole.Sweeper })
        {
            await using var source = NpgsqlDataSource.Create(db.Grid(role));
            Assert.True(await SchemaVersion.IsCurrentAsync(source, TestContext.Current.CancellationToken));
        }

        await Db.ExecuteAsync(db.Grid(GridRole.Owner), "DELETE FROM grid.schema_version WHERE scriptname = '0006_outbox.sql'");
        Assert.False(await SchemaVersion.IsCurrentAsync(silo, TestContext.Current.CancellationToken));
        var failure = Assert.Throws<MigrationException>(() => GridMigrations.Run(db.Grid(GridRole.Owner))); // its table is there already
        Assert.Equal("0006_outbox.sql", failure.Script);
    }

    [Fact]
    public async Task Orleans_finds_every_query_it_asks_for_and_can_run_it()
    {
        await using var db = await GridDatabase.CreateAsync(TestContext.Current.CancellationToken);
        var found = await Db.ScalarAsync<string[]>(db.Grid(GridRole.Silo), "SELECT array_agg(querykey ORDER BY querykey) FROM orleans.orleansquery");
        Assert.Equal(OrleansQueries.Order(StringComparer.Ordinal), found);
    }

    [Fact]
    public async Task Racing_first_writes_of_plain_grain_storage_cannot_both_land()
    {
        await using var db = await GridDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await using var source = NpgsqlDataSource.Create(db.Grid(GridRole.Silo) + ";Search Path=orleans");
        var sql = await Db.ScalarAsync<string>(db.Grid(GridRole.Silo), "SELECT querytext FROM orleans.orleansquery WHERE querykey = 'WriteToStorageKey'");

        var versions = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => WriteAsync(source, sql, null)));
        Assert.Equal(1, versions.Count(version => version == 1));
        Assert.Equal(15, versions.Count(version => version is null));
        Assert.Equal(2, await WriteAsync(source, sql, 1));
        Assert.Null(await WriteAsync(source, sql, 1));
    }

    private static async Task<int?> WriteAsync(NpgsqlDataSource source, string sql, int? version)
    {
#pragma warning disable CA2100 // the query under test
        await using var command = source.CreateCommand(sql);
#pragma warning restore CA2100
        command.Parameters.AddWithValue("ServiceId", "s");
        command.Parameters.AddWithValue("GrainTypeString", "state");
        command.Parameters.AddWithValue("GrainIdN0", 0L);
        command.Parameters.AddWithValue("GrainIdN1", 0L);
        command.Parameters.AddWithValue("GrainIdExtensionString", (object?)null ?? DBNull.Value);
        command.Parameters.AddWithValue("GrainStateVersion", (object?)version ?? DBNull.Value);
        command.Parameters.AddWithValue("PayloadBinary", new byte[] { 1 });
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken) is int written ? written : null;
    }

    private static Task DropEverythingAsync(GridDatabase db) =>
        Db.ExecuteAsync(db.Grid(GridRole.Owner), "DROP SCHEMA identity, grid CASCADE; DROP SCHEMA orleans CASCADE; DROP SCHEMA quartz CASCADE");
}
