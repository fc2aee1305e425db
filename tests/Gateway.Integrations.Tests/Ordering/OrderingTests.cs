using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using ComplianceGrid.Integrations;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Gateway.Tests.Ordering;

public sealed class OrderingTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;
    private static readonly OrderKey Order = new(new("acme"), Guid.Parse("0190b9a4-1111-7000-8000-000000000001"));

    [Fact]
    public async Task Placing_creates_candidate_and_invitation_and_tells_the_order_once()
    {
        await using var world = await GatewayWorld.StartAsync(Ct);
        using var placed = await world.OrderAsync(Order);
        using var again = await world.OrderAsync(Order);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (placed.StatusCode, again.StatusCode));
        Assert.Equal(await placed.Content.ReadAsStringAsync(Ct), await again.Content.ReadAsStringAsync(Ct));
        Assert.Equal((1L, 1L), (await world.CallsAsync("POST candidates"), await world.CallsAsync("POST invitations")));
        var e = Assert.Single(await world.EventsAsync(Order));
        Assert.Equal(("invitation-sent", "orders.milestone"), (e.Data.Milestone, e.Type));
        Assert.Equal(["candidate", "invitation"], await world.ReadAsync<string[]>("SELECT array_agg(kind ORDER BY kind) FROM grid.vendor_reference"));
        var entries = await world.AuditsAsync();
        Assert.All(entries, entry => Assert.Equal(("vendor-orders", Order.Order.ToString()), (entry.GetProperty("resource").GetString(), entry.GetProperty("resourceId").GetString())));
        Assert.Equal(2, entries.Count); // the order in its transaction, and the repeat, which wrote nothing else
        Assert.False(await world.ReadAsync<bool>("SELECT bool_or(position('byron'::bytea in lower(encode(body, 'escape'))::bytea) > 0) FROM grid.event_log"));
    }

    [Fact]
    public async Task Broken_off_between_vendor_and_commit_the_repeat_makes_no_second_invitation()
    {
        await using var world = await GatewayWorld.StartAsync(Ct);
        await world.RunAsync("REVOKE INSERT ON grid.event_log FROM grid_gateway");
        using var broken = await world.OrderAsync(Order);
        Assert.Equal(HttpStatusCode.InternalServerError, broken.StatusCode);
        Assert.Equal(0L, await world.ReadAsync<long>("SELECT count(*) FROM grid.vendor_reference"));
        await world.RunAsync("GRANT INSERT ON grid.event_log TO grid_gateway");

        using var repeated = await world.OrderAsync(Order);
        Assert.Equal(HttpStatusCode.Created, repeated.StatusCode);
        Assert.Equal(2L, await world.CallsAsync("POST invitations"));
        Assert.Single((await world.SandboxHttp.GetFromJsonAsync<JsonElement[]>("/sandbox/invitations", Ct))!);
        Assert.Single((await world.SandboxHttp.GetFromJsonAsync<JsonElement[]>("/sandbox/candidates", Ct))!);
        Assert.Single(await world.EventsAsync(Order));
    }

    [Fact]
    public async Task Ten_at_once_make_one_invitation_and_one_event()
    {
        await using var world = await GatewayWorld.StartAsync(Ct);
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => world.OrderAsync(Order)));
        Assert.All(answers, answer => Assert.True(answer.IsSuccessStatusCode));
        Assert.Single((await world.SandboxHttp.GetFromJsonAsync<JsonElement[]>("/sandbox/invitations", Ct))!);
        Assert.Single(await world.EventsAsync(Order));
    }

    [Fact]
    public async Task Tokens_are_checked_in_every_point()
    {
        await using var world = await GatewayWorld.StartAsync(Ct);
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var refused = new (string Token, int Status)[]
        {
            ("nonsense", 401),
            (world.Token(key: stranger), 401),
            (world.Token(audience: "api"), 401),
            (world.Token(issuer: "someone"), 401),
            (world.Token(lifeSeconds: 301), 401),
            (world.Token(issuedSecondsAgo: 400, lifeSeconds: 300), 401),
            (world.Token(tenant: "Not A Tenant"), 401),
            (world.Token(requestId: null), 401),
            (world.Token(permission: ServiceTokens.ReadStatus), 403),
            (world.Token(tenant: "globex"), 403),
        };
        foreach (var (token, status) in refused)
        {
            using var answer = await world.OrderAsync(Order, token);
            Assert.Equal(status, (int)answer.StatusCode);
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        }

        using var none = await world.Http.PostAsJsonAsync("/integrations/checkr/orders", new { }, Ct);
        Assert.Equal(HttpStatusCode.Unauthorized, none.StatusCode);
        Assert.Equal(0L, await world.CallsAsync("POST candidates"));
        await world.Gateway.StopAsync(Ct); // writes what the minute has so far
        var denied = (await world.AuditsAsync()).Where(e => e.GetProperty("action").GetString() == "accessDenied").ToList();
        Assert.Equal(2, denied.Count(e => e.GetProperty("userId").GetString() == "system:silo")); // who is known is an entry each
        Assert.Equal(9, denied.Where(e => e.GetProperty("userId").GetString() == "anonymous").Sum(e => e.GetProperty("details").GetString() is { } details ? JsonDocument.Parse(details).RootElement.GetProperty("count").GetInt32() : 0));
    }

    [Fact]
    public async Task What_the_vendor_refuses_is_422_and_what_it_cannot_do_now_is_503()
    {
        await using var world = await GatewayWorld.StartAsync(Ct);
        await world.FailAsync(1, "422");
        using var refused = await world.OrderAsync(Order);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        await world.FailAsync(3, "500");
        using var away = await world.OrderAsync(Order);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, away.StatusCode);
        using var invalid = await world.OrderAsync(Order, email: "nobody");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, invalid.StatusCode);
        var elsewhere = new OrderKey(new("globex"), Order.Order);
        using var unconnected = await world.OrderAsync(elsewhere);
        Assert.Equal(HttpStatusCode.NotFound, unconnected.StatusCode);
        using var placed = await world.OrderAsync(Order);
        Assert.Equal(HttpStatusCode.Created, placed.StatusCode);
    }

    [Fact]
    public async Task Health_and_status_tell_what_waits()
    {
        await using var world = await GatewayWorld.StartAsync(Ct);
        Assert.Equal("ok", (await world.Http.GetFromJsonAsync<JsonElement>("/integrations/health", Ct)).GetProperty("status").GetString());
        using var request = new HttpRequestMessage(HttpMethod.Get, "/integrations/checkr/status");
        request.Headers.Authorization = new("Bearer", world.Token(permission: ServiceTokens.ReadStatus));
        using var answer = await world.Http.SendAsync(request, Ct);
        var status = await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.Equal((true, 1), (status.GetProperty("connected").GetBoolean(), status.GetProperty("activeKeys").GetInt32()));
        Assert.Equal(HttpStatusCode.Unauthorized, (await world.Http.GetAsync("/integrations/checkr/status", Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await world.Http.GetAsync("/reference/", Ct)).StatusCode);
    }
}
