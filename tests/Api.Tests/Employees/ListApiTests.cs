using System.Net;
using ComplianceGrid.Api.Tests.Hosting;
using ComplianceGrid.Api.Tests.Reads;

namespace ComplianceGrid.Api.Tests.Employees;

[Collection(ApiCollection.Name)]
public sealed class ListApiTests(ApiFixture fixture)
{
    private readonly HttpClient _client = fixture.Api.Client;

    private Task<string> Manager(string tenant) => fixture.Api.TokenAsync(tenant, ["ComplianceManager"]);

    [Theory]
    [InlineData("name"), InlineData("-hired"), InlineData("status"), InlineData("-status")]
    public async Task Following_next_meets_everybody_once(string sort)
    {
        var (token, met, cursor) = (await Manager(ReadsFixture.Small), new List<Guid>(), (string?)null);
        do
        {
            var page = await (await _client.SendAsync(token, HttpMethod.Get, $"/api/employees?limit=200&sort={sort}" + (cursor is null ? "" : $"&cursor={cursor}"))).JsonAsync();
            met.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetGuid()));
            cursor = page.TryGetProperty("next", out var next) ? next.GetString() : null;
        }
        while (cursor is not null);

        Assert.Equal(2_000, met.Count);
        Assert.Equal(fixture.Reads.People.Where(person => person.Tenant == ReadsFixture.Small).Select(person => person.Id).Order(), met.Order());
    }

    [Fact]
    public async Task A_cursor_opens_for_its_own_query_only_and_shows_no_name()
    {
        var token = await Manager(ReadsFixture.Small);
        var next = (await (await _client.SendAsync(token, HttpMethod.Get, "/api/employees?limit=5")).JsonAsync()).GetProperty("next").GetString()!;
        Assert.DoesNotContain("smith", System.Text.Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(next)), StringComparison.OrdinalIgnoreCase);

        Assert.Equal(HttpStatusCode.OK, (await _client.SendAsync(token, HttpMethod.Get, $"/api/employees?limit=7&cursor={next}")).StatusCode);
        var flipped = (next[0] == 'A' ? 'B' : 'A') + next[1..];
        foreach (var query in new[] { $"sort=hired&cursor={next}", $"site=reno&cursor={next}", $"cursor={flipped}", "cursor=zzz", "cursor=%00", $"cursor={next[..^4]}" })
            await (await _client.SendAsync(token, HttpMethod.Get, $"/api/employees?{query}")).RefusedAsync(HttpStatusCode.UnprocessableEntity, GridError.Invalid);
        await (await _client.SendAsync(await Manager(ReadsFixture.Large), HttpMethod.Get, $"/api/employees?cursor={next}")).RefusedAsync(HttpStatusCode.UnprocessableEntity, GridError.Invalid);
    }

    [Theory]
    [InlineData("limit=0"), InlineData("limit=201"), InlineData("limit=-1"), InlineData("limit=many"), InlineData("limit=99999999999999999999")]
    [InlineData("status=blue"), InlineData("status=1"), InlineData("sort=age"), InlineData("sort=-"), InlineData("hiredFrom=2026-13-01"), InlineData("employed=perhaps")]
    [InlineData("site=a%20b"), InlineData("name=%00"), InlineData("role=%27")]
    public async Task A_value_out_of_bounds_is_refused(string query) =>
        await (await _client.SendAsync(await Manager("globex"), HttpMethod.Get, $"/api/employees?{query}")).RefusedAsync(HttpStatusCode.UnprocessableEntity, GridError.Invalid);

    [Fact]
    public async Task A_page_that_has_not_changed_is_not_sent_again()
    {
        var token = await Manager(ReadsFixture.Small);
        var first = await _client.SendAsync(token, HttpMethod.Get, "/api/employees?site=rare&status=red");
        var again = await _client.SendAsync(token, HttpMethod.Get, "/api/employees?site=rare&status=red", header: ("If-None-Match", first.Headers.ETag!.ToString()));
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
    }

    [Fact]
    public async Task The_list_shows_reasons_to_their_audience_only()
    {
        var manager = await (await _client.SendAsync(await Manager(ReadsFixture.Small), HttpMethod.Get, "/api/employees?status=red&limit=200")).Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var officer = await (await _client.SendAsync(await fixture.Api.TokenAsync(ReadsFixture.Small, ["MedicalReviewOfficer"]), HttpMethod.Get, "/api/employees?status=red&limit=200")).Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("drug test", manager);
        Assert.DoesNotContain("dot-test", manager);
        Assert.Contains("GRID-2090", manager);
        Assert.Contains("drug test", officer);
    }

    [Fact]
    public async Task The_summary_adds_up()
    {
        var summary = await (await _client.SendAsync(await Manager(ReadsFixture.Large), HttpMethod.Get, "/api/reports/compliance-summary")).JsonAsync();
        var total = new[] { "green", "amber", "red" }.Sum(colour => summary.GetProperty(colour).GetInt64());
        Assert.Equal(fixture.Reads.People.Count(person => person.Tenant == ReadsFixture.Large && person.Ended is null), total);
        Assert.Equal(6, summary.GetProperty("sites").GetArrayLength());
    }
}
