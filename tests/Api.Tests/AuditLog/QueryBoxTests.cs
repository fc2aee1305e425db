using System.Collections.Immutable;
using System.Globalization;
using ComplianceGrid.Api.AuditLog.Search;
using ComplianceGrid.Storage.Audit.Search;
using CsCheck;

namespace ComplianceGrid.Api.Tests.AuditLog;

public sealed class QueryBoxTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    private static AuditQuery Read(string box) => new SearchTerms().AddBox(box).Read(Now, 50);

    private static readonly Gen<string> Words = Gen.OneOf(
        Pick.From("kim", "system:grid", "user:\"x\"", "\\", "a b", "\"", "c:\\d e", "::1", "łódź", "-", "o'neil"),
        Gen.Char[' ', '~'].Array[1, 12].Select(characters => new string(characters)).Where(text => text.Trim() == text));

    /// <summary>What may stand behind a key, and what the query must then hold.</summary>
    private static readonly ImmutableArray<(string Key, Gen<(string Text, Func<AuditQuery, AuditQuery> Asked)> Value)> Terms =
    [
        ("user", Words.Select<string, (string, Func<AuditQuery, AuditQuery>)>(text => (text, query => query with { User = text }))),
        ("resource", Words.Select<string, (string, Func<AuditQuery, AuditQuery>)>(text => (text, query => query with { Resource = text }))),
        ("resourceId", Words.Select<string, (string, Func<AuditQuery, AuditQuery>)>(text => (text, query => query with { ResourceId = text }))),
        ("id", Words.Select<string, (string, Func<AuditQuery, AuditQuery>)>(text => (text, query => query with { Id = text }))),
        ("request", Words.Select<string, (string, Func<AuditQuery, AuditQuery>)>(text => (text, query => query with { RequestId = text }))),
        ("action", Pick.From("READ", "LOGIN_FAILED", "login_failed", "Export").Select<string, (string, Func<AuditQuery, AuditQuery>)>(
            text => (text, query => query with { Action = text.ToUpperInvariant() }))),
        ("result", Pick.From("SUCCESS", "failure").Select<string, (string, Func<AuditQuery, AuditQuery>)>(
            text => (text, query => query with { Result = text.ToUpperInvariant() }))),
        ("address", Pick.From(("203.0.113.7", "203.0.113.7"), ("::1", "::1"), ("2001:DB8:0::1", "2001:db8::1")).Select<(string, string), (string, Func<AuditQuery, AuditQuery>)>(
            address => (address.Item1, query => query with { Address = address.Item2 }))),
        ("since", Gen.OneOf(
            Gen.Int[2, 20].Select<int, (string, Func<AuditQuery, AuditQuery>)>(hours => ($"{hours}h", query => query with { From = Now.AddHours(-hours) })),
            Gen.Int[1, 18].Select<int, (string, Func<AuditQuery, AuditQuery>)>(day => ($"2026-11-{day:00}", query => query with { From = new(2026, 11, day, 0, 0, 0, TimeSpan.Zero) })))),
        ("until", Gen.OneOf(
            Gen.Int[1, 110].Select<int, (string, Func<AuditQuery, AuditQuery>)>(minutes => ($"{minutes}m", query => query with { To = Now.AddMinutes(-minutes) })),
            Gen.Int[0, 50].Select<int, (string, Func<AuditQuery, AuditQuery>)>(second => (
                string.Create(CultureInfo.InvariantCulture, $"2026-11-20T11:59:{second:00}Z"), query => query with { To = new(2026, 11, 20, 11, 59, second, TimeSpan.Zero) })))),
    ];

    private static string Print(string key, string text, bool quoted) => quoted || text.Any(character => character is ' ' or '"')
        ? $"{key}:\"{text.Replace("\\", "\\\\").Replace("\"", "\\\"")}\""
        : $"{key}:{text}";

    [Fact]
    public void Any_terms_in_any_order_are_understood_as_they_were_meant()
    {
        var nothing = Gen.Int[0, 0].Select(_ => ImmutableList<(string Key, string Text, Func<AuditQuery, AuditQuery> Asked)>.Empty);
        var boxes = Gen.Select(Gen.Shuffle(Terms.ToArray()), Gen.Int[0, Terms.Length]).SelectMany((terms, count) => terms.Take(count).Aggregate(nothing, (box, term) =>
            Gen.Select(box, term.Value, Gen.Bool, Gen.Int[1, 3], (before, value, quoted, blanks) =>
                before.Add((term.Key, new string(' ', blanks) + Print(term.Key, value.Text, quoted), value.Asked)))));
        boxes.Sample(box =>
        {
            var expected = box.Aggregate(new AuditQuery { From = default, Limit = 50 }, (query, term) => term.Asked(query));
            if (box.All(term => term.Key != "since")) expected = expected with { From = (expected.To ?? Now).AddDays(-31) };
            Assert.Equal(expected, Read(string.Concat(box.Select(term => term.Text)) + "  "));
        }, iter: 5_000);
    }

    [Theory]
    [InlineData("user:kim usr:x", 10, "there is no such key"), InlineData("  User:kim", 3, "there is no such key"), InlineData("kim", 4, "key:value is expected")]
    [InlineData("user:kim kim", 13, "key:value is expected"), InlineData("user:", 6, "key:value is expected"), InlineData("user:\"kim", 10, "key:value is expected")]
    [InlineData("user:\"kim\"action:READ", 11, "key:value is expected"), InlineData("user:ki\"m", 8, "key:value is expected"), InlineData("user:\"a\\b\"", 9, "key:value is expected")]
    [InlineData("user : kim", 5, "key:value is expected"), InlineData(":kim", 1, "key:value is expected")]
    public void What_is_not_understood_is_named_by_its_place_with_the_keys_that_there_are(string box, int position, string why)
    {
        var refusal = Assert.Throws<GridException>(() => Read(box));
        Assert.Equal(GridError.Malformed, refusal.Error);
        Assert.StartsWith($"query, character {position}: {why}", refusal.Message);
        Assert.EndsWith("The keys are user, action, resource, resourceId, id, result, request, address, since, until.", refusal.Message);
        Assert.DoesNotContain("kim", refusal.Message.Replace("user:kim", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("user:kim user:sam", "user must be asked for once"), InlineData("action:DANCE", "action must be one of ACCESS_DENIED, "), InlineData("result:maybe", "result must be SUCCESS or FAILURE")]
    [InlineData("address:home", "address must be an IPv4"), InlineData("since:yesterday", "since (or from) must be an instant"), InlineData("since:2026-02-30", "since (or from) must be an instant")]
    [InlineData("since:1h until:2h", "until (or to) must be after"), InlineData("since:99999999h", "since (or from) must be an instant"), InlineData("user:\"\"", "user must have 1 to 256")]
    public void A_value_that_is_not_acceptable_is_named_by_its_key(string box, string refusal)
    {
        var refused = Assert.Throws<GridException>(() => Read(box));
        Assert.Equal(GridError.Invalid, refused.Error);
        Assert.StartsWith(refusal, refused.Message);
    }

    [Fact]
    public void A_day_counts_whole_and_a_search_without_a_beginning_goes_back_31_days_from_its_end()
    {
        var query = Read("until:2026-11-10");
        Assert.Equal((new DateTimeOffset(2026, 10, 11, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 11, 11, 0, 0, 0, TimeSpan.Zero)), (query.From, query.To));
        Assert.Equal((Now.AddDays(-31), null), (Read("").From, Read("").To));
    }
}
