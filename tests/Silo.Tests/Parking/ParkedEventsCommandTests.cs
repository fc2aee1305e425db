using ComplianceGrid.Silo.Parking;
using ComplianceGrid.Silo.Tests.Hosting;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Silo.Tests.Parking;

public sealed class ParkedEventsCommandTests : IAsyncLifetime
{
    private const string Park = """
        INSERT INTO grid.parked_event (id, event_id, namespace, stream_key, tenant_id, body, attempts, reason)
        SELECT gen_random_uuid(), $1 || '-' || n, 'compliance', $1 || '/e' || n % 20, $1, convert_to('{"secret":"Ada"}', 'UTF8'), 5, 'InvalidDataException'
          FROM generate_series(1, $2) n
        """;

    private const string Open = "SELECT count(*) FROM grid.event_log WHERE closed_at IS NULL AND attempt = 1 AND tenant_id = $1";

    private GridDatabase database = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Everything => database.Grid(GridRole.Superuser);

    public async ValueTask InitializeAsync() => database = await GridDatabase.CreateAsync(Ct);

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task One_is_listed_shown_and_replayed_once_however_often_one_asks()
    {
        await Db.ExecuteAsync(Everything, Park, Ct, "acme", 1);
        await Db.ExecuteAsync(Everything, Park, Ct, "beta", 1);

        var (code, output, _) = await RunAsync("list", "--tenant", "acme");
        var line = Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(0, code);
        Assert.StartsWith("event ", line, StringComparison.Ordinal);
        Assert.EndsWith(" InvalidDataException", line, StringComparison.Ordinal);
        var id = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        (code, output, _) = await RunAsync("show", id);
        Assert.Equal(0, code);
        Assert.Contains("about     compliance acme/e1", output, StringComparison.Ordinal);
        Assert.Contains("event     acme-1", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Ada", output, StringComparison.Ordinal);

        Assert.Equal((0, "1 replayed\n", ""), await RunAsync("replay", id));
        foreach (var verb in new[] { "replay", "show" })
        {
            (code, _, var error) = await RunAsync(verb, id);
            Assert.Equal(1, code);
            Assert.Contains(id, error, StringComparison.Ordinal);
        }

        Assert.Equal(1L, await Db.ScalarAsync<long>(Everything, Open, Ct, "acme"));
        Assert.Equal(0L, await Db.ScalarAsync<long>(Everything, Open, Ct, "beta"));
        Assert.Equal("operator acme-1", await Db.ScalarAsync<string>(Everything,
            "SELECT string_agg((b->>'userRole') || ' ' || (b->>'resourceId'), ',') FROM (SELECT convert_from(body, 'UTF8')::json b FROM grid.outbox WHERE tenant_id = 'acme') o", Ct));
    }

    [Fact]
    public async Task All_of_a_tenant_are_replayed_page_by_page_each_into_its_queue()
    {
        await Db.ExecuteAsync(Everything, Park, Ct, "acme", 601);
        await Db.ExecuteAsync(Everything, Park, Ct, "beta", 1);

        Assert.Equal((0, "601 replayed\n", ""), await RunAsync("replay", "--all", "--tenant", "acme"));
        Assert.Equal((0, "0 replayed\n", ""), await RunAsync("replay", "--all", "--tenant", "acme"));
        Assert.Equal(601L, await Db.ScalarAsync<long>(Everything, Open, Ct, "acme"));
        Assert.Equal(1L, await Db.ScalarAsync<long>(Everything, "SELECT count(*) FROM grid.parked_event WHERE replayed_at IS NULL", Ct));
        Assert.Equal((0, "1 replayed\n", ""), await RunAsync("replay", "--all"));
    }

    [Theory]
    [InlineData(2, "drop", "everything")]
    [InlineData(2, "list", "--tenant")]
    [InlineData(1, "show", "not-a-uuid")]
    [InlineData(1, "replay", "17")]
    public async Task What_it_does_not_know_it_says(int expected, params string[] args)
    {
        var (code, output, error) = await RunAsync(args);
        Assert.Equal((expected, ""), (code, output));
        Assert.NotEmpty(error);
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        using StringWriter output = new(), error = new();
        var code = await ParkedEventsCommand.RunAsync(args, output, error, $"--ConnectionStrings:Grid={database.Grid(GridRole.Silo)}");
        return (code, output.ToString(), error.ToString());
    }
}
