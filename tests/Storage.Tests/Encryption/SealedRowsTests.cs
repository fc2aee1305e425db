using ComplianceGrid.Storage.Encryption;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Storage.Tests.Encryption;

/// <summary>A row opens only where and as what it was written.</summary>
public sealed class SealedRowsTests
{
    [Theory]
    // another grain's row copied over this one
    [InlineData("UPDATE grid.grain_state SET payload = (SELECT payload FROM grid.grain_state WHERE grain_key = 'acme/other') WHERE grain_key = 'acme/one'")]
    // an older version put back
    [InlineData("UPDATE grid.grain_state SET payload = (SELECT payload FROM public.yesterday WHERE grain_key = 'acme/one') WHERE grain_key = 'acme/one'")]
    // the version turned back under today's payload
    [InlineData("UPDATE grid.grain_state SET version = 1 WHERE grain_key = 'acme/one'")]
    // another state's row
    [InlineData("UPDATE grid.grain_state SET state_name = 'x' WHERE grain_key = 'acme/one'; UPDATE grid.grain_state SET state_name = 'test', grain_key = 'acme/one' WHERE grain_key = 'acme/foreign'")]
    // one bit of the ciphertext, of the key id, of the format
    [InlineData("UPDATE grid.grain_state SET payload = set_bit(payload, 300, 1 - get_bit(payload, 300)) WHERE grain_key = 'acme/one'")]
    [InlineData("UPDATE grid.grain_state SET payload = set_bit(payload, 20, 1 - get_bit(payload, 20)) WHERE grain_key = 'acme/one'")]
    [InlineData("UPDATE grid.grain_state SET payload = set_bit(payload, 3, 1 - get_bit(payload, 3)) WHERE grain_key = 'acme/one'")]
    [InlineData("UPDATE grid.grain_state SET payload = substr(payload, 1, 20) WHERE grain_key = 'acme/one'")]
    public async Task A_row_that_was_meddled_with_does_not_open(string meddle)
    {
        await using var db = await GridDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await using var host = StorageHost.Start(db);
        TestState one = new() { State = new() { Value = "aaaaaaaaaaaaaaaaaaaaaaaa" } };
        await host.WriteAsync("acme/one", one);
        await host.WriteAsync("acme/other", new());
        await host.Storage.WriteStateAsync("other-state", GrainId.Create("test", "acme/foreign"), new TestState());
        await Db.ExecuteAsync(db.Grid(GridRole.Superuser), "CREATE TABLE public.yesterday AS SELECT * FROM grid.grain_state");
        await host.WriteAsync("acme/one", one);
        Assert.Equal("2", (await host.ReadAsync("acme/one")).ETag);

        await Db.ExecuteAsync(db.Grid(GridRole.Superuser), meddle);

        await Assert.ThrowsAsync<SealBrokenException>(() => host.ReadAsync("acme/one"));
        Assert.True((await host.ReadAsync("acme/other")).RecordExists); // its neighbour is well
    }

    [Fact]
    public async Task Without_the_master_key_nothing_opens()
    {
        await using var db = await GridDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await using var host = StorageHost.Start(db);
        await host.WriteAsync("acme/one", new());
        await using var stranger = StorageHost.Start(db);
        await Assert.ThrowsAsync<SealBrokenException>(() => stranger.ReadAsync("acme/one"));
    }
}
