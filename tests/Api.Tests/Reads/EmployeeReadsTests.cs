using ComplianceGrid.Status;
using ComplianceGrid.Storage.Projections.Reads;
using ComplianceGrid.Tenancy;
using CsCheck;

namespace ComplianceGrid.Api.Tests.Reads;

public sealed class EmployeeReadsTests(ReadsFixture fixture)
{
    private static readonly TenantId Large = new(ReadsFixture.Large);
    private readonly EmployeeReads _reads = fixture.Get<EmployeeReads>();

    [Theory]
    [InlineData(EmployeeSort.Name, false), InlineData(EmployeeSort.Name, true), InlineData(EmployeeSort.Hired, false)]
    [InlineData(EmployeeSort.Hired, true), InlineData(EmployeeSort.Status, false), InlineData(EmployeeSort.Status, true)]
    public async Task Pages_walk_everybody_exactly_once_in_order(EmployeeSort sort, bool descending)
    {
        var ct = TestContext.Current.CancellationToken;
        var walked = new List<Guid>(100_000);
        EmployeePosition? after = null;
        do
        {
            (var rows, after) = await _reads.ListAsync(Large,
                new EmployeeQuery { Sort = sort, Descending = descending, After = after, Limit = 2_000 }, Roster.Now, ct);
            walked.AddRange(rows.Select(row => row.Id));
        }
        while (after is not null);

        Assert.Equal(Ordered(sort, descending, Roster.Now).Select(person => person.Id), walked);
    }

    [Fact]
    public async Task A_page_has_what_the_model_says_for_any_filter_order_and_instant()
    {
        var ct = TestContext.Current.CancellationToken;
        var filters = Gen.Select(
            OneOf<ComplianceStatus?>(null, ComplianceStatus.Green, ComplianceStatus.Amber, ComplianceStatus.Red),
            OneOf<string?>(null, null, "dallas", "rare", "nowhere"), OneOf<string?>(null, null, "driver", "pilot"),
            OneOf<string?>(null, null, "sm", "SMITH", "smith1", "łuk", "éluard", "zzz"), Gen.Int[0, 5], Gen.Bool, Gen.Int[-80, 200], Gen.Bool);
        await filters.SampleAsync(async (status, site, role, name, sortNumber, employed, hours, hiredRange) =>
        {
            var (sort, descending, now) = ((EmployeeSort)(sortNumber / 2), sortNumber % 2 == 1, Roster.Now.AddHours(hours));
            var query = new EmployeeQuery
            {
                Status = status,
                Site = site,
                Role = role,
                NamePrefix = name,
                Sort = sort,
                Descending = descending,
                Limit = 70,
                Employed = employed ? true : null,
                HiredFrom = hiredRange ? new(2015, 1, 1) : null,
                HiredTo = hiredRange ? new(2018, 6, 30) : null,
            };
            var expected = Ordered(sort, descending, now)
                .Where(person => status is null || person.ColourAt(now) == (int)status)
                .Where(person => site is null || person.Site == site)
                .Where(person => role is null || person.Roles.Contains(role))
                .Where(person => name is null || person.Key.StartsWith(name.ToLowerInvariant(), StringComparison.Ordinal))
                .Where(person => !employed || person.Ended is null)
                .Where(person => !hiredRange || (person.Hired >= new DateOnly(2015, 1, 1) && person.Hired <= new DateOnly(2018, 6, 30)))
                .Take(140).ToArray();

            var (first, after) = await _reads.ListAsync(Large, query, now, ct);
            var rows = first.ToList();
            if (after is not null) rows.AddRange((await _reads.ListAsync(Large, query with { After = after }, now, ct)).Rows);

            Assert.Equal(expected.Select(person => person.Id), rows.Select(row => row.Id));
            Assert.Equal(expected.Select(person => person.ColourAt(now)), rows.Select(row => (int)row.Status));
            Assert.All(rows.Zip(expected), pair => Assert.Equal(pair.Second.Changes.Length == 0 || pair.Second.Changes[0].At > now, pair.First.Reasons is not null));
        }, iter: 60, threads: 1);
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    [Fact]
    public async Task A_tenant_reads_its_own_rows_and_no_others()
    {
        var (rows, _) = await _reads.ListAsync(new TenantId(ReadsFixture.Small), new EmployeeQuery { Limit = 5_000 }, Roster.Now, TestContext.Current.CancellationToken);
        Assert.Equal(fixture.People.Where(person => person.Tenant == ReadsFixture.Small).Select(person => person.Id).Order(), rows.Select(row => row.Id).Order());

        var (none, _) = await _reads.ListAsync(new TenantId("nobody"), new EmployeeQuery { Limit = 50 }, Roster.Now, TestContext.Current.CancellationToken);
        Assert.Empty(none);
    }

    [Fact]
    public async Task The_summary_counts_what_the_model_counts_at_any_instant()
    {
        foreach (var hours in new[] { -100, 0, 30, 500 })
        {
            var now = Roster.Now.AddHours(hours);
            var counts = await fixture.Get<SummaryReads>().CountAsync(Large, now, TestContext.Current.CancellationToken);
            var expected = People.Where(person => person.Ended is null).GroupBy(person => (person.Site, Colour: person.ColourAt(now)))
                .ToDictionary(group => group.Key, group => (long)group.Count());
            Assert.Equal(expected, counts.ToDictionary(count => (count.Site, Colour: (int)count.Status), count => count.Employees));
        }
    }

    private IEnumerable<Person> People => fixture.People.Where(person => person.Tenant == ReadsFixture.Large);

    private IEnumerable<Person> Ordered(EmployeeSort sort, bool descending, DateTimeOffset now)
    {
        var byName = People.OrderBy(person => person.Key, Utf8Order).ThenBy(person => person.Id.ToString("N"), StringComparer.Ordinal);
        var ordered = sort switch
        {
            EmployeeSort.Name => byName.ToList(),
            EmployeeSort.Hired => [.. People.OrderBy(person => person.Hired).ThenBy(person => person.Id.ToString("N"), StringComparer.Ordinal)],
            EmployeeSort.Status => [.. byName.OrderBy(person => person.ColourAt(now))], // stable
            _ => throw new ArgumentOutOfRangeException(nameof(sort)),
        };
        if (descending) ordered.Reverse();
        return ordered;
    }

    private static readonly Comparer<string> Utf8Order = Comparer<string>.Create((a, b) =>
        System.Text.Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(b)));
}
