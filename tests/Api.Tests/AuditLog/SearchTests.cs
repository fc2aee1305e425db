using ComplianceGrid.Audit;
using ComplianceGrid.Storage.Audit.Search;
using ComplianceGrid.Tenancy;
using CsCheck;

namespace ComplianceGrid.Api.Tests.AuditLog;

[Collection(SearchCollection.Name)]
public sealed class SearchTests(SearchFixture fixture)
{
    private static readonly TenantId Tenant = new(SearchFixture.Large);
    private static readonly DateTimeOffset Begin = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly AuditReads _reads = fixture.Get<AuditReads>();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Any_filter_finds_what_a_look_at_every_entry_finds_in_the_same_order()
    {
        var instants = fixture.All.Select(stored => stored.CreatedAt).Distinct().ToArray(); // windows begin and end on entries, too
        var ids = fixture.All.Take(40).Select(stored => stored.Entry.Id.ToString()).ToArray();
        var windows = Gen.Select(Pick.From(instants), Pick.From(instants), Gen.Bool, Gen.Int[-1, 1]);
        var whose = Gen.Select(Pick.Maybe(7, [.. SearchFixture.Users, "rare", "nobody"]), Pick.Maybe(7, SearchFixture.Actions.Select(Name).ToArray()), Pick.Maybe(7, "SUCCESS", "FAILURE"));
        var whats = Gen.Select(Pick.Maybe(7, [.. SearchFixture.Resources, "none"]), Pick.Maybe(7, SearchFixture.Records), Pick.Maybe(7, [.. SearchFixture.Records, .. ids, "no-id"]));
        var hows = Gen.Select(Pick.Maybe(7, SearchFixture.Requests), Pick.Maybe(7, SearchFixture.Addresses), Pick.From(1, 7, 50, 200));
        await Gen.Select(windows, whose, whats, hows).SampleAsync(async (window, who, what, how) =>
        {
            var (one, other, open, ticks) = window;
            var query = new AuditQuery
            {
                From = (one < other ? one : other).AddMicroseconds(ticks),
                To = open ? null : (one < other ? other : one).AddMicroseconds(ticks),
                User = who.Item1,
                Action = who.Item2,
                Result = who.Item3,
                Resource = what.Item1,
                ResourceId = what.Item2,
                Id = what.Item3,
                RequestId = how.Item1,
                Address = how.Item2,
                Limit = how.Item3,
            };
            var expected = Expected(SearchFixture.Large, query).Take(3 * query.Limit).Select(stored => stored.Leaf);
            Assert.Equal(expected, (await WalkAsync(query, pages: 3)).Select(entry => entry.Position.LeafIndex));
        }, iter: 250, threads: 1);
    }

    [Fact]
    public async Task A_count_by_action_with_its_ends_is_that_of_every_entry()
    {
        foreach (var user in new[] { "kim", "rare", "nobody" })
        {
            var query = new AuditQuery { From = Begin, User = user, Limit = 1 };
            var expected = Expected(SearchFixture.Large, query);
            var counts = await _reads.CountAsync(Tenant, query, Ct);
            Assert.Equal(expected.GroupBy(stored => Name(stored.Entry.Action)).ToDictionary(group => group.Key, group => (long)group.Count()), counts.ByAction);
            Assert.Equal((expected.LastOrDefault()?.CreatedAt, expected.FirstOrDefault()?.CreatedAt, true), (counts.First, counts.Last, counts.IsComplete));
        }
    }

    [Fact]
    public async Task Pages_have_every_entry_exactly_once_while_others_are_appended()
    {
        var query = new AuditQuery { From = Begin, User = "sam", Limit = 13 };
        var expected = Expected(SearchFixture.Large, query).Select(stored => stored.Entry.Id).ToList();
        List<Guid> walked = [];
        AuditPosition? after = null;
        do
        {
            (var page, after) = await _reads.ListAsync(Tenant, query with { After = after }, Ct);
            walked.AddRange(page.Select(entry => entry.Id));
            await fixture.AppendAsync(Another("sam"), Another("kim")); // at the newest instant: the time does not move
        }
        while (after is not null);

        Assert.Equal(expected, walked);
    }

    [Fact]
    public async Task What_is_shown_comes_from_the_record_and_no_other_tenants_entry_is_found()
    {
        foreach (var entry in await WalkAsync(new AuditQuery { From = Begin, Limit = 200 }, pages: 3))
        {
            var stored = fixture.All.Single(stored => stored.Entry.Id == entry.Id);
            var record = EntryRecord.Parse(entry.Record);
            Assert.Equal((stored.Entry.TenantId, stored.CreatedAt, stored.Leaf), (SearchFixture.Large, record.CreatedAt, entry.Position.LeafIndex));
            Assert.Equal((stored.Entry.UserId, stored.Entry.UserRole, Name(stored.Entry.Action), stored.Entry.Resource, stored.Entry.ResourceId),
                (record.UserId, record.UserRole, record.Action, record.Resource, record.ResourceId));
            Assert.Equal((stored.Entry.IpAddress, stored.Entry.RequestId, stored.Entry.Success, stored.Entry.Timestamp), (record.IpAddress, record.RequestId, record.Result == "SUCCESS", record.Timestamp));
        }

        var other = fixture.All.First(stored => stored.Entry.TenantId == SearchFixture.Small).Entry.Id;
        Assert.Null(await _reads.FindAsync(Tenant, other, Ct));
        Assert.Empty((await _reads.ListAsync(Tenant, new AuditQuery { From = Begin, Id = other.ToString(), Limit = 9 }, Ct)).Entries);
        Assert.Equal(other, (await _reads.FindAsync(new TenantId(SearchFixture.Small), other, Ct))?.Id);
        Assert.Empty((await _reads.ListAsync(new TenantId("nobody"), new AuditQuery { From = Begin, Limit = 9 }, Ct)).Entries);
    }

    [Fact]
    public async Task Figures_say_how_many_entries_and_bytes_there_are_and_how_many_came_since()
    {
        var mine = fixture.All.Where(stored => stored.Entry.TenantId == SearchFixture.Large).ToList();
        var size = await fixture.Get<LogFigures>().SizeAsync(Tenant, Ct);
        var records = await WalkAsync(new AuditQuery { From = Begin, Limit = 200 }, pages: int.MaxValue);
        Assert.Equal((mine.Count, records.Sum(entry => (long)entry.Record.Length), mine.Max(stored => stored.CreatedAt)), (size.Entries, size.RecordBytes, size.NewestAt));

        DateTimeOffset[] instants = [Begin, mine[3_000].CreatedAt, mine[3_000].CreatedAt.AddMicroseconds(1), mine[^1].CreatedAt, mine[^1].CreatedAt.AddDays(1)];
        var appended = await fixture.Get<LogFigures>().AppendedSinceAsync(Tenant, instants, Ct);
        long[] expected = [.. instants.Select(instant => mine.LongCount(stored => stored.CreatedAt >= instant))];
        Assert.Equal(expected, appended);
        Assert.Equal(new LogSize(0, 0, null), await fixture.Get<LogFigures>().SizeAsync(new TenantId("nobody"), Ct));
        Assert.Equal(0, Assert.Single(await fixture.Get<LogFigures>().AppendedSinceAsync(new TenantId("nobody"), [Begin], Ct)));
    }

    private async Task<List<StoredEntry>> WalkAsync(AuditQuery query, int pages)
    {
        List<StoredEntry> walked = [];
        AuditPosition? after = null;
        do
        {
            (var page, after) = await _reads.ListAsync(Tenant, query with { After = after }, Ct);
            walked.AddRange(page);
        }
        while (after is not null && --pages > 0);

        return walked;
    }

    private List<SearchFixture.Stored> Expected(string tenant, AuditQuery query) =>
    [.. fixture.All.Where(stored => stored.Entry.TenantId == tenant && stored.CreatedAt >= query.From && (query.To is null || stored.CreatedAt < query.To))
        .Where(stored => query.User is null || stored.Entry.UserId == query.User)
        .Where(stored => query.Action is null || Name(stored.Entry.Action) == query.Action)
        .Where(stored => query.Resource is null || stored.Entry.Resource == query.Resource)
        .Where(stored => query.ResourceId is null || stored.Entry.ResourceId == query.ResourceId)
        .Where(stored => query.Id is null || stored.Entry.ResourceId == query.Id || stored.Entry.Id.ToString() == query.Id)
        .Where(stored => query.Result is null || stored.Entry.Success == (query.Result == "SUCCESS"))
        .Where(stored => query.RequestId is null || stored.Entry.RequestId == query.RequestId)
        .Where(stored => query.Address is null || stored.Entry.IpAddress == query.Address)
        .OrderByDescending(stored => stored.Leaf)];

    private static string Name(AuditAction action) => action == AuditAction.LoginFailed ? "LOGIN_FAILED" : action.ToString().ToUpperInvariant();

    private AuditEntry Another(string user) => fixture.All[0].Entry with { Id = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()), TenantId = SearchFixture.Large, UserId = user };
}
