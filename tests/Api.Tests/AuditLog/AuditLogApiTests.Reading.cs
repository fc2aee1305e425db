using System.Net;
using ComplianceGrid.Api.Tests.Hosting;

namespace ComplianceGrid.Api.Tests.AuditLog;

public sealed partial class AuditLogApiTests
{
    [Fact]
    public async Task Parameters_and_query_box_find_the_same_and_each_is_asked_once()
    {
        var (service, auditor) = (await ServiceAsync("read-box"), await AuditorAsync("read-box"));
        await LogAsync(service, new
        {
            entries = new[]
            {
                Entry(("userId", "ana \"the\" maría"), ("action", "EXPORT")), Entry(("result", "FAILURE"), ("errorCode", "HR-1")), Entry(("resource", "drug_tests"), ("requestId", "trace-2")),
            },
        }, "/audit/log/batch");
        await FoundAsync(auditor, "address=203.0.113.7", 3);
        foreach (var (parameters, box, count) in new[]
        {
            ("user=ana%20%22the%22%20mar%C3%ADa", "user:\"ana \\\"the\\\" maría\"", 1), ("action=export", "action:EXPORT", 1), ("result=FAILURE&user=kim", "user:kim result:failure", 1),
            ("resource=drug_tests", "resource:drug_tests", 1), ("resourceId=A-2207", "resourceId:A-2207", 3), ("id=A-2207&requestId=trace-2", "id:A-2207 request:trace-2", 1),
            ("address=::ffff:203.0.113.7", "address:203.0.113.7 since:1h", 3), ("address=203.0.113.7&to=2020-01-01", "address:203.0.113.7 until:2020-01-01", 0), ("address=203.0.113.7&from=1h", "address:203.0.113.7 since:60m", 3),
        })
        {
            var found = await SearchAsync(auditor, parameters);
            Assert.Equal((parameters, count), (parameters, found.Length));
            Assert.Equal(found.Select(entry => entry.GetProperty("id").GetGuid()), (await SearchAsync(auditor, $"query={Uri.EscapeDataString(box)}")).Select(entry => entry.GetProperty("id").GetGuid()));
        }

        await (await _client.SendAsync(auditor, HttpMethod.Get, "/audit/logs?user=kim&query=user:kim")).RefusedAsync(HttpStatusCode.UnprocessableEntity, GridError.Invalid);
        var refused = await _client.SendAsync(auditor, HttpMethod.Get, "/audit/logs?query=user:kim%20who:kim");
        await refused.RefusedAsync(HttpStatusCode.BadRequest, GridError.Malformed);
        Assert.StartsWith("query, character 10: there is no such key. The keys are user, action, ", Text(await refused.JsonAsync(), "detail"));
    }

    [Fact]
    public async Task A_cursor_goes_on_with_the_search_that_it_came_from_and_with_no_other()
    {
        var (service, auditor) = (await ServiceAsync("read-pages"), await AuditorAsync("read-pages"));
        var ids = await LogAsync(service, new { entries = Enumerable.Range(0, 5).Select(_ => Entry()) }, "/audit/log/batch");
        await FoundAsync(auditor, "user=kim", 5);
        var first = await (await _client.SendAsync(auditor, HttpMethod.Get, "/audit/logs?user=kim&from=2h&limit=3")).JsonAsync();
        var next = Text(first, "next");
        var second = await SearchAsync(auditor, $"user=kim&from=2h&limit=50&cursor={next}");
        Assert.Equal(ids.Reverse(), first.GetProperty("items").EnumerateArray().Concat(second).Select(entry => entry.GetProperty("id").GetGuid()));
        foreach (var other in new[] { $"user=sam&from=2h&cursor={next}", $"user=kim&cursor={next}", $"user=kim&from=2h&cursor={next[..^2]}" })
            await (await _client.SendAsync(auditor, HttpMethod.Get, $"/audit/logs?{other}")).RefusedAsync(HttpStatusCode.UnprocessableEntity, GridError.Invalid);
        var stranger = await AuditorAsync("read-pages-other");
        await (await _client.SendAsync(stranger, HttpMethod.Get, $"/audit/logs?user=kim&from=2h&cursor={next}")).RefusedAsync(HttpStatusCode.UnprocessableEntity, GridError.Invalid);
    }

    [Fact]
    public async Task Another_tenants_entries_do_not_exist()
    {
        var (service, stranger) = (await ServiceAsync("read-mine"), await AuditorAsync("read-other"));
        var id = (await LogAsync(service, Entry()))[0];
        await FoundAsync(await AuditorAsync("read-mine"), "user=kim", 1);
        await (await _client.SendAsync(stranger, HttpMethod.Get, $"/audit/logs/{id}")).RefusedAsync(HttpStatusCode.NotFound, GridError.NotFound);
        foreach (var (path, query) in new[] { ("/audit/logs", "user=kim"), ("/audit/logs", $"id={id}"), ("/audit/logs", "query=request:4bf92f3577b34da6a3ce929d0e0e4736"), ("/audit/user/kim/activity", "limit=9"), ("/audit/resource/applicants", "limit=9") })
            Assert.All(await SearchAsync(stranger, query, path), entry => Assert.Equal(Calls.SubjectOf(stranger), Text(entry, "userId"))); // their own attempts
        Assert.All(await SearchAsync(stranger, "limit=200"), entry => Assert.Equal(Calls.SubjectOf(stranger), Text(entry, "userId")));
    }

    [Fact]
    public async Task A_users_activity_is_counted_and_a_resources_history_told()
    {
        var (service, auditor) = (await ServiceAsync("read-activity"), await AuditorAsync("read-activity"));
        await LogAsync(service, new { entries = new[] { Entry(), Entry(("action", "READ")), Entry(("action", "READ"), ("resourceId", "A-1")), Entry(("userId", "sam x y")) } }, "/audit/log/batch");
        await FoundAsync(auditor, "resource=applicants", 4);

        var activity = await (await _client.SendAsync(auditor, HttpMethod.Get, "/audit/user/kim/activity?limit=2")).JsonAsync();
        var (summary, items) = (activity.GetProperty("summary"), activity.GetProperty("items").EnumerateArray().ToArray());
        Assert.Equal("""{"READ":2,"UPDATE":1}""", $"{{{string.Join(',', summary.GetProperty("byAction").EnumerateObject().OrderBy(action => action.Name).Select(action => $"\"{action.Name}\":{action.Value}"))}}}");
        Assert.Equal((items[0].GetProperty("createdAt").GetDateTimeOffset(), true), (summary.GetProperty("last").GetDateTimeOffset(), summary.GetProperty("isComplete").GetBoolean()));
        var rest = await (await _client.SendAsync(auditor, HttpMethod.Get, $"/audit/user/kim/activity?cursor={Text(activity, "next")}")).JsonAsync();
        Assert.Equal((1, false), (rest.GetProperty("items").GetArrayLength(), rest.TryGetProperty("summary", out _)));
        Assert.Single(await SearchAsync(auditor, "", "/audit/user/sam%20x%20y/activity"));

        Assert.Equal(4, (await SearchAsync(auditor, "", "/audit/resource/applicants")).Length);
        Assert.Single(await SearchAsync(auditor, "resourceId=A-1&user=kim&action=READ", "/audit/resource/applicants"));
    }

    [Fact]
    public async Task Reading_the_log_is_on_record_and_what_was_asked_for_is_sealed()
    {
        var (service, auditor) = (await ServiceAsync("read-read"), await AuditorAsync("read-read"));
        var id = (await LogAsync(service, Entry()))[0];
        await FoundAsync(auditor, "user=kim", 1);
        await SearchAsync(auditor, "query=user:kim&limit=5");
        await SearchAsync(auditor, "from=1h", "/audit/user/kim/activity");
        await _client.SendAsync(auditor, HttpMethod.Get, $"/audit/logs/{id}");
        await FoundAsync(auditor, $"user={Calls.SubjectOf(auditor)}&resource=audit&action=READ&query=since:1h", 4);
        var reads = await SearchAsync(auditor, $"user={Calls.SubjectOf(auditor)}&resource=audit&limit=200");
        Assert.All(reads, read => Assert.DoesNotContain("kim", read.GetRawText()));
        Assert.Contains(reads, read => read.TryGetProperty("resourceId", out var read1) && read1.GetString() == id.ToString() && read.GetProperty("details").GetProperty("route").GetString() == "/audit/logs/{id:guid}");

        foreach (var (route, asked) in new[] { ("/audit/logs", "query=user:kim&limit=5"), ("/audit/user/{userId}/activity", "userId=kim&from=1h") })
        {
            var details = new List<string?>();
            foreach (var read in reads.Where(read => Text(read.GetProperty("details"), "route") == route))
            {
                var whole = await (await _client.SendAsync(auditor, HttpMethod.Get, $"/audit/logs/{read.GetProperty("id").GetGuid()}")).JsonAsync();
                if (whole.TryGetProperty("personal", out var personal)) details.Add(personal.GetProperty("query").GetString());
            }

            Assert.Contains(asked, details);
        }
    }
}
