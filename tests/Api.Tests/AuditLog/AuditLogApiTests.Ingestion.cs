using System.Net;
using System.Text;
using System.Text.Json;
using ComplianceGrid.Api.Tests.Hosting;
using ComplianceGrid.Storage.Audit.Personal;

namespace ComplianceGrid.Api.Tests.AuditLog;

public sealed partial class AuditLogApiTests
{
    [Fact]
    public async Task An_entry_is_in_the_log_as_it_was_sent_with_its_sender_and_its_personal_detail_sealed()
    {
        var (service, auditor) = (await ServiceAsync("log-one"), await AuditorAsync("log-one"));
        var person = NewId().ToString();
        var sent = JsonSerializer.Serialize(Entry(("personId", person), ("before", new { phone = "555-0100" }),
            ("after", new { phone = "555-0199" }), ("reason", "asked for"), ("message", "none"), ("query", "all"))).Replace("ODD", "\\ud800"); // half of a character
        var answer = await _client.SendAsync(service, HttpMethod.Post, "/audit/log", new StringContent(sent, Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var id = (await answer.JsonAsync()).GetProperty("ids")[0].GetGuid();
        Assert.Equal($"/audit/logs/{id}", answer.Headers.Location!.ToString());
        await FoundAsync(auditor, $"id={id}&resource=applicants", 1);

        var read = await (await _client.SendAsync(auditor, HttpMethod.Get, $"/audit/logs/{id}")).JsonAsync();
        var entry = read.GetProperty("entry");
        Assert.Equal(("kim", "Recruiter", "UPDATE", "applicants", "A-2207"), (Text(entry, "userId"), Text(entry, "userRole"), Text(entry, "action"), Text(entry, "resource"), Text(entry, "resourceId")));
        Assert.Equal(("203.0.113.7", "hr-sync/3.1", "4bf92f3577b34da6a3ce929d0e0e4736", "SUCCESS", 18),
            (Text(entry, "ipAddress"), Text(entry, "userAgent"), Text(entry, "requestId"), Text(entry, "result"), entry.GetProperty("durationMs").GetInt32()));
        Assert.Equal(new DateTimeOffset(2026, 1, 15, 14, 5, 31, TimeSpan.Zero).AddTicks(2_185_000), entry.GetProperty("timestamp").GetDateTimeOffset());
        Assert.Equal("""{"fields":1,"odd":"\uFFFD","sentBy":"SENDER"}""".Replace("SENDER", Calls.SubjectOf(service)), JsonSerializer.Serialize(entry.GetProperty("details")));
        Assert.Equal((person, true, "open"), (Text(entry, "person"), entry.GetProperty("hasPersonal").GetBoolean(), Text(read, "personalState")));
        Assert.Equal("""{"after":{"phone":"555-0199"},"before":{"phone":"555-0100"},"message":"none","query":"all","reason":"asked for"}""", read.GetProperty("personal").GetRawText());
        Assert.Contains($"\"person\":\"{person}\"", Text(read, "record"));
        Assert.DoesNotContain("555-01", Text(read, "record"));

        var officer = await grid.Api.TokenAsync("log-one", ["SecurityOfficer"]);
        var closed = await (await _client.SendAsync(officer, HttpMethod.Get, $"/audit/logs/{id}")).JsonAsync();
        Assert.Equal(("sealed", false), (Text(closed, "personalState"), closed.TryGetProperty("personal", out _)));

        await grid.Silo<PersonalDetails>().EraseAsync("log-one", person, Ct);
        var erased = await (await _client.SendAsync(auditor, HttpMethod.Get, $"/audit/logs/{id}")).JsonAsync();
        Assert.Equal(("erased", false, Text(read, "record")), (Text(erased, "personalState"), erased.TryGetProperty("personal", out _), Text(erased, "record")));
    }

    [Fact]
    public async Task What_names_nobody_is_sealed_under_the_actors_key_and_what_says_nothing_personal_has_none()
    {
        var (service, auditor) = (await ServiceAsync("log-actor"), await AuditorAsync("log-actor"));
        var ids = await LogAsync(service, new { entries = new[] { Entry(("reason", "because")), Entry() } }, "/audit/log/batch");
        await FoundAsync(auditor, "user=kim", 2);
        var told = await (await _client.SendAsync(auditor, HttpMethod.Get, $"/audit/logs/{ids[0]}")).JsonAsync();
        Assert.Equal(("user:kim", "open"), (Text(told.GetProperty("entry"), "person"), Text(told, "personalState")));
        Assert.Equal("none", Text(await (await _client.SendAsync(auditor, HttpMethod.Get, $"/audit/logs/{ids[1]}")).JsonAsync(), "personalState"));
    }

    [Fact]
    public async Task What_is_sent_again_is_in_the_log_once()
    {
        var (service, auditor) = (await ServiceAsync("log-again"), await AuditorAsync("log-again"));
        object[] batch = [.. Enumerable.Range(0, 20).Select(_ => Entry(("id", NewId())))];
        var first = await LogAsync(service, new { entries = batch }, "/audit/log/batch");
        Assert.Equal(first, await LogAsync(service, new { entries = batch }, "/audit/log/batch"));
        Assert.Equal(first[..1], await LogAsync(service, batch[0]));
        var keyed = new List<Guid>();
        for (var n = 0; n < 2; n++)
            keyed.Add((await (await _client.SendAsync(service, HttpMethod.Post, "/audit/log", Entry(), header: ("Idempotency-Key", "row-1"))).JsonAsync()).GetProperty("ids")[0].GetGuid());
        Assert.Single(keyed.Distinct());

        await FoundAsync(auditor, $"user={Calls.SubjectOf(service)}", 5); // every request is on record
        Assert.Equal(first.Append(keyed[0]).Order(), (await SearchAsync(auditor, "user=kim&limit=200")).Select(entry => entry.GetProperty("id").GetGuid()).Order());
    }

    [Fact]
    public async Task A_batch_is_taken_whole_or_not_at_all()
    {
        var (service, auditor) = (await ServiceAsync("log-batch"), await AuditorAsync("log-batch"));
        object[] batch = [.. Enumerable.Range(0, 1_000).Select(n => Entry(("resourceId", $"A-{n}")))];
        var bent = batch.ToArray();
        bent[371] = Entry(("action", "DANCE"));
        var refused = await _client.SendAsync(service, HttpMethod.Post, "/audit/log/batch", new { entries = bent });
        await refused.RefusedAsync(HttpStatusCode.UnprocessableEntity, GridError.Invalid);
        Assert.StartsWith("entries[371].action must be one of ", Text(await refused.JsonAsync(), "detail"));
        bent[371] = Entry(("durationMs", "long"));
        refused = await _client.SendAsync(service, HttpMethod.Post, "/audit/log/batch", new { entries = bent });
        await refused.RefusedAsync(HttpStatusCode.BadRequest, GridError.Malformed);
        Assert.EndsWith(" (in the list's element 371).", Text(await refused.JsonAsync(), "detail"));
        var id = NewId();
        bent[371] = bent[370] = Entry(("id", id));
        refused = await _client.SendAsync(service, HttpMethod.Post, "/audit/log/batch", new { entries = bent });
        Assert.StartsWith("entries[371].id must be another", Text(await refused.JsonAsync(), "detail"));
        bent[371] = null!;
        await (await _client.SendAsync(service, HttpMethod.Post, "/audit/log/batch", new { entries = bent })).RefusedAsync(HttpStatusCode.UnprocessableEntity, GridError.Invalid);
        foreach (var number in new[] { Array.Empty<object>(), [.. batch, Entry()] })
            await (await _client.SendAsync(service, HttpMethod.Post, "/audit/log/batch", new { entries = number })).RefusedAsync(HttpStatusCode.UnprocessableEntity, GridError.Invalid);

        var ids = await LogAsync(service, new { entries = batch }, "/audit/log/batch");
        await FoundAsync(auditor, "user=kim&resourceId=A-999", 1);
        List<Guid> found = [];
        string? next = null;
        do
        {
            var page = await (await _client.SendAsync(auditor, HttpMethod.Get, $"/audit/logs?user=kim&limit=200{(next is null ? "" : $"&cursor={next}")}")).JsonAsync();
            found.AddRange(page.GetProperty("items").EnumerateArray().Select(entry => entry.GetProperty("id").GetGuid()));
            next = page.TryGetProperty("next", out var cursor) ? cursor.GetString() : null;
        }
        while (next is not null);

        Assert.Equal(ids.Reverse(), found); // none of the refused ones, and those of one batch in the order that they were sent in
    }

    public static TheoryData<string, object?, string> Unacceptable => new()
    {
        { "id", new Guid("018f4d00-0000-8000-8000-000000000001"), "id must be a UUID of version 4 or 7" }, // as the grid derives its own
        { "id", Guid.Empty, "id must be a UUID of version 4 or 7" },
        { "timestamp", "2999-01-01T00:00:00Z", "timestamp must be an instant since 2000, and not more than 5 minutes ahead" },
        { "timestamp", "1999-12-31T00:00:00Z", "timestamp must be" },
        { "userId", "", "userId must have 1 to 200" }, { "userRole", "a\tb", "userRole must have" },
        { "action", "update", "action must be one of" }, { "action", "LEDGER_EPOCH_OPENED", "action must be one of" }, { "action", "STATUS_CHANGED", "action must be one of" },
        { "resource", "two words", "resource must be a code" }, { "resourceId", new string('x', 201), "resourceId must have" },
        { "ipAddress", "home", "ipAddress must be an IPv4 or IPv6 address" }, { "requestId", new string('x', 129), "requestId must have" },
        { "details", new { sentBy = "somebody" }, "details must not hold sentBy" }, { "details", new { text = new string('x', 9_000) }, "details must have at most 8192 bytes" },
        { "after", new { text = new string('x', 17_000) }, "before, after, query, reason and message must have at most 16384 bytes" },
        { "reason", new string('x', 4_001), "reason must have at most 4000" },
        { "result", "success", "result must be SUCCESS or FAILURE" }, { "errorCode", "no code", "errorCode must be a code" }, { "durationMs", -1, "durationMs must be a whole number" },
    };

    [Theory, MemberData(nameof(Unacceptable))]
    public async Task What_is_not_acceptable_is_named(string member, object? value, string detail)
    {
        var refused = await _client.SendAsync(await ServiceAsync("log-bad"), HttpMethod.Post, "/audit/log", Entry((member, value)));
        await refused.RefusedAsync(HttpStatusCode.UnprocessableEntity, GridError.Invalid);
        Assert.StartsWith(detail, Text(await refused.JsonAsync(), "detail"));
    }

    [Theory]
    [InlineData("tenantId", "globex"), InlineData("createdAt", "2026-01-15T14:05:31Z"), InlineData("timestamp", null), InlineData("userId", null), InlineData("result", null)]
    public async Task The_tenant_and_the_place_in_the_log_are_not_the_senders_to_say(string member, string? value)
    {
        var service = await ServiceAsync("log-bad");
        await (await _client.SendAsync(service, HttpMethod.Post, "/audit/log", Entry((member, value)))).RefusedAsync(HttpStatusCode.BadRequest, GridError.Malformed);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused()
    {
        var content = new StringContent($"{{\"entries\":[\"{new string('x', 3 << 20)}\"]}}", Encoding.UTF8, "application/json");
        await (await _client.SendAsync(await ServiceAsync("log-bad"), HttpMethod.Post, "/audit/log/batch", content)).RefusedAsync(HttpStatusCode.RequestEntityTooLarge, GridError.TooLarge);
    }
}
