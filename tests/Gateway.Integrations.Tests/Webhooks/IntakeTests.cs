using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ComplianceGrid.Storage.Inbox;
using Microsoft.Extensions.DependencyInjection;

namespace ComplianceGrid.Gateway.Tests.Webhooks;

public sealed class IntakeTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_signed_webhook_is_stored_sealed_and_audited()
    {
        await using var world = await GatewayWorld.StartAsync(Ct);
        var body = GatewayWorld.Event("evt_1", "candidate.created", "cand_1", ""","note":"Marie Skłodowska" """);
        using var answer = await world.PostAsync(body);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var payload = await world.ReadAsync<byte[]>("SELECT payload FROM grid.webhook_inbox WHERE event_id = 'evt_1'");
        Assert.Equal(-1, payload.AsSpan().IndexOf("Marie"u8));
        var vault = world.Gateway.Services.GetRequiredService<GatewayVault>();
        Assert.Equal(body, Encoding.UTF8.GetString(vault.Open(payload, Gateway.Inbox.InboxPayload.ContextOf(new(GatewayWorld.ConnectionId, "evt_1")))));
        Assert.Equal((short)InboxState.Ignored, await world.StateAsync("evt_1"));
        var entry = Assert.Single(await world.AuditsAsync());
        Assert.Equal(("webhookReceived", "acme", "evt_1", true),
            (entry.GetProperty("action").GetString(), entry.GetProperty("tenantId").GetString(), entry.GetProperty("resourceId").GetString(), entry.GetProperty("success").GetBoolean()));
    }

    [Fact]
    public async Task A_duplicate_is_answered_alike_and_stored_once()
    {
        await using var world = await GatewayWorld.StartAsync(Ct);
        var body = GatewayWorld.Event("evt_1", "candidate.created");
        using var first = await world.PostAsync(body);
        using var second = await world.PostAsync(body, path: "/webhooks/checkr");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
        Assert.Equal(await first.Content.ReadAsStringAsync(Ct), await second.Content.ReadAsStringAsync(Ct));
        Assert.Equal(1L, await world.ReadAsync<long>("SELECT count(*) FROM grid.webhook_inbox"));
        Assert.Equal(0L, await world.ReadAsync<long>("SELECT count(*) FROM grid.webhook_conflict"));
        Assert.Equal(["stored", "duplicate"], (await world.AuditsAsync()).Select(Outcome));
    }

    [Fact]
    public async Task The_same_id_with_another_body_is_kept_and_flagged_and_not_worked_on()
    {
        await using var world = await GatewayWorld.StartAsync(Ct);
        using var first = await world.PostAsync(GatewayWorld.Event("evt_1", "candidate.created", "cand_1"));
        using var other = await world.PostAsync(GatewayWorld.Event("evt_1", "candidate.created", "cand_2"));
        using var again = await world.PostAsync(GatewayWorld.Event("evt_1", "candidate.created", "cand_2"));

        Assert.All([first, other, again], answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal("cand_1", await world.ReadAsync<string>("SELECT object_id FROM grid.webhook_inbox"));
        Assert.Equal(1L, await world.ReadAsync<long>("SELECT count(*) FROM grid.webhook_conflict"));
        Assert.Equal(["stored", "conflict", "conflict"], (await world.AuditsAsync()).Select(Outcome));
    }

    [Fact]
    public async Task Every_refusal_has_its_number()
    {
        await using var world = await GatewayWorld.StartAsync(Ct);
        var good = GatewayWorld.Event("evt_1");
        await RefusedAsync(await world.PostAsync(good, "00"), 401, "GRID-1016");
        await RefusedAsync(await world.PostAsync(good, GatewayWorld.Sign(good, "another-key")), 401, "GRID-1016");
        await RefusedAsync(await world.PostAsync(good, path: "/webhooks/checkr/conn-unknown-000000"), 404, "GRID-1017");
        await RefusedAsync(await world.PostAsync(good.Replace(GatewayWorld.Account, "acct_nobody", StringComparison.Ordinal), path: "/webhooks/checkr"), 404, "GRID-1017");
        await RefusedAsync(await world.PostAsync("{}"), 400, "GRID-1001");
        await RefusedAsync(await world.PostAsync("{}", path: "/webhooks/checkr"), 400, "GRID-1001");
        await RefusedAsync(await world.SendAsync(world.Http, Path, new StringContent(good, Encoding.UTF8, "text/plain"), GatewayWorld.Sign(good)), 415, "GRID-1013");
        await RefusedAsync(await world.SendAsync(world.Http, Path, new ByteArrayContent(Encoding.UTF8.GetBytes(good)), GatewayWorld.Sign(good)), 415, "GRID-1013");
        await RefusedAsync(await world.PostAsync(new string(' ', (1 << 20) + 1)), 413, "GRID-1012");
        using var get = await world.Http.GetAsync(Path, Ct);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, get.StatusCode);

        Assert.Equal(0L, await world.ReadAsync<long>("SELECT count(*) FROM grid.webhook_inbox"));
        // One entry per source, reason and minute, whatever their number; those of a known connection in its tenant's log.
        await world.Gateway.StopAsync(Ct);
        var entries = await world.AuditsAsync();
        Assert.All(entries, entry => Assert.False(entry.GetProperty("success").GetBoolean()));
        Assert.Contains(entries, e => e.GetProperty("errorCode").GetString() == "GRID-1016" && e.GetProperty("tenantId").GetString() == "acme");
        Assert.Contains(entries, e => e.GetProperty("errorCode").GetString() == "GRID-1017" && e.GetProperty("tenantId").GetString() == "system");
    }

    [Fact]
    public async Task A_mebibyte_is_taken_and_one_byte_more_is_not_even_in_chunks()
    {
        await using var world = await GatewayWorld.StartAsync(Ct);
        var start = GatewayWorld.Event("evt_1", "candidate.created", extra: ",\"pad\":\"");
        start = start[..^1];
        var body = start + new string('x', (1 << 20) - start.Length - 2) + "\"}";
        using var exact = await world.PostAsync(body);
        Assert.Equal(HttpStatusCode.OK, exact.StatusCode);

        using var chunked = new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes(body + " ")));
        chunked.Headers.ContentType = new("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = chunked, Headers = { TransferEncodingChunked = true } };
        request.Headers.Add("X-Checkr-Signature", GatewayWorld.Sign(body + " "));
        await RefusedAsync(await world.Http.SendAsync(request, Ct), 413, "GRID-1012");
    }

    [Theory]
    [InlineData("Webhooks:ConnectionPerSecond", "Webhooks:ConnectionBurst")]
    [InlineData("Webhooks:SourcePerSecond", "Webhooks:SourceBurst")]
    public async Task Too_many_at_once_are_told_when_to_return(string rate, string burst)
    {
        await using var world = await GatewayWorld.StartAsync(Ct, new() { [rate] = "1", [burst] = "2" });
        var began = TimeProvider.System.GetTimestamp();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => world.PostAsync(GatewayWorld.Event($"evt_{n}", "candidate.created"))));

        var meanwhile = (int)Math.Ceiling(TimeProvider.System.GetElapsedTime(began).TotalSeconds); // one more for each second
        Assert.InRange(answers.Count(answer => answer.StatusCode == HttpStatusCode.OK), 2, 2 + meanwhile);
        var late = answers.Where(answer => answer.StatusCode != HttpStatusCode.OK).ToArray();
        Assert.NotEmpty(late);
        foreach (var refused in late)
        {
            Assert.NotNull(refused.Headers.RetryAfter);
            await RefusedAsync(refused, 429, "GRID-1014");
        }
    }

    [Fact]
    public async Task A_key_added_beside_the_old_one_verifies_and_a_retired_one_does_not()
    {
        await using var world = await GatewayWorld.StartAsync(Ct);
        var id = await world.AddConnectionAsync("acme", GatewayWorld.Account, "conn-fedcba9876543210", "rotated-secret-key");
        Assert.Equal(GatewayWorld.ConnectionId, id); // the account keeps its id
        await world.StopGatewayAsync();
        await world.StartGatewayAsync();
        var (one, two) = (GatewayWorld.Event("evt_1", "candidate.created"), GatewayWorld.Event("evt_2", "candidate.created"));
        Assert.Equal(HttpStatusCode.OK, (await world.PostAsync(one)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await world.PostAsync(two, GatewayWorld.Sign(two, "rotated-secret-key"))).StatusCode);

        await world.AddConnectionAsync("acme", GatewayWorld.Account, GatewayWorld.ConnectionId, "rotated-secret-key", "--retire-others-after-hours", "0");
        await world.StopGatewayAsync();
        await world.StartGatewayAsync();
        await RefusedAsync(await world.PostAsync(one), 401, "GRID-1016");
    }

    [Fact]
    public async Task A_connection_added_while_running_is_found_at_once()
    {
        await using var world = await GatewayWorld.StartAsync(Ct);
        await world.AddConnectionAsync("globex", "acct_globex", "conn-globex-00000000", "globex-secret-key");
        var body = GatewayWorld.Event("evt_1", "candidate.created");
        using var answer = await world.PostAsync(body, GatewayWorld.Sign(body, "globex-secret-key"), "/webhooks/checkr/conn-globex-00000000");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("globex", await world.ReadAsync<string>("SELECT tenant_id FROM grid.webhook_inbox"));
    }

    private const string Path = "/webhooks/checkr/" + GatewayWorld.ConnectionId;

    private static string Outcome(JsonElement entry) => JsonNode.Parse(entry.GetProperty("details").GetString()!)!["outcome"]!.GetValue<string>();

    private static async Task RefusedAsync(HttpResponseMessage answer, int status, string code)
    {
        using (answer)
        {
            Assert.Equal(status, (int)answer.StatusCode);
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
            var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
            Assert.Equal(code, problem.GetProperty("code").GetString());
            Assert.EndsWith("status-codes#" + code, problem.GetProperty("type").GetString(), StringComparison.Ordinal);
        }
    }
}
