using System.Diagnostics;
using System.Net;
using ComplianceGrid.Events;
using ComplianceGrid.Storage.Inbox;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Gateway.Tests.Inbox;

public sealed class InboxWorkerTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_webhook_becomes_an_event_of_its_order_in_the_trace_of_its_request()
    {
        await using var world = await GatewayWorld.StartAsync(Ct);
        var (order, report) = await world.ReportAsync();
        await world.SetReportAsync(report, "complete", "clear");
        using var cause = new Activity("the vendor's request").Start();
        Assert.Equal(HttpStatusCode.OK, (await world.PostAsync(GatewayWorld.Event("evt_1", "report.completed", report), path: "/webhooks/checkr")).StatusCode);
        await world.UntilStateAsync("evt_1", (short)InboxState.Done);

        var events = await world.EventsAsync(order);
        Assert.Equal("invitation-sent", events[0].Data.Milestone);
        var e = Assert.Single(events, e => e.Type == EventTypes.BackgroundReport);
        Assert.Equal((StreamNamespaces.Orders, FactOutcome.Satisfied, "clear", ComplianceItems.BackgroundCheck, "completed"),
            (e.Namespace, e.Data.Outcome, e.Data.VendorOutcome, e.Data.Item, e.Data.Milestone));
        Assert.Equal(($"checkr/report/{report}", 1L, (Guid?)order.Order), (e.Data.SourceKey, e.Data.SourceVersion, e.Data.OrderId));
        Assert.Null(e.Data.EffectiveOn); // the vendor states an instant; which day that is depends on the person's zone
        Assert.Contains(cause.TraceId.ToHexString(), e.TraceParent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Versions_follow_the_fetches_and_the_last_event_is_what_the_vendor_says_now()
    {
        await using var world = await GatewayWorld.StartAsync(Ct, new() { ["Inbox:Lanes"] = "8" });
        var (order, report) = await world.ReportAsync();
        var posts = new List<Task>();
        foreach (var status in new[] { "pending", "suspended", "pending", "dispute" })
        {
            await world.SetReportAsync(report, status);
            for (var i = 0; i < 5; i++) posts.Add(world.PostAsync(GatewayWorld.Event($"evt_{posts.Count}", "report.updated", report)));
        }

        await world.SetReportAsync(report, "complete", "consider");
        posts.Add(world.PostAsync(GatewayWorld.Event("evt_last", "report.completed", report)));
        await Task.WhenAll(posts);
        await world.UntilAsync(async () => await world.ReadAsync<long>("SELECT count(*) FROM grid.webhook_inbox WHERE state = 1") == 21, "all done");

        var told = (await world.EventsAsync(order)).Where(e => e.Type == EventTypes.BackgroundReport).ToList();
        Assert.Equal(Enumerable.Range(1, 21).Select(i => (long)i), told.Select(e => e.Data.SourceVersion)); // dense, and in the log's order
        Assert.Equal(21, told.DistinctBy(e => e.Id).Count());
        Assert.Equal((FactOutcome.AwaitingReview, "consider"), (told[^1].Data.Outcome, told[^1].Data.VendorOutcome));
    }

    [Fact]
    public async Task A_lease_that_was_taken_over_writes_nothing_and_a_crash_leaves_one_event()
    {
        await using var world = await GatewayWorld.StartAsync(Ct);
        var (order, report) = await world.ReportAsync();
        await world.StopGatewayAsync();
        await world.RunAsync($"""
            INSERT INTO grid.webhook_inbox (connection_id, event_id, tenant_id, event_type, object_kind, object_id, body_hash, payload, received_at, state, next_attempt_at)
            SELECT '{GatewayWorld.ConnectionId}', 'evt_' || i, 'acme', 'report.updated', 'report', '{report}', '', '', now(), 0, now() FROM generate_series(1, 2) i
            """);
        await using var source = Npgsql.NpgsqlDataSource.Create(world.Database.Grid(TestKit.GridRole.Gateway));
        var leases = new InboxLeases(source);
        await using var hints = new Storage.Events.EventHints(source, Microsoft.Extensions.Logging.Abstractions.NullLogger<Storage.Events.EventHints>.Instance);
        await using var events = new VendorEvents(source, hints);

        var dead = Assert.Single((await leases.ClaimAsync(10, TimeSpan.FromMinutes(1), Ct)).Rows); // one delivery of an object at a time
        Assert.Empty((await leases.ClaimAsync(10, TimeSpan.FromMinutes(1), Ct)).Rows);
        await world.RunAsync("UPDATE grid.webhook_inbox SET lease_until = lease_until - interval '1 minute' WHERE lease_token IS NOT NULL"); // its minute has passed, and no more
        var alive = Assert.Single((await leases.ClaimAsync(10, TimeSpan.FromMinutes(1), Ct)).Rows);
        Assert.Equal(dead.Id, alive.Id); // what was begun first is also done first

        Assert.False(await events.CompleteAsync(dead, Finding(dead, order), Ct));
        Assert.False(await leases.ParkAsync(dead, InboxState.Failed, "late", null, Ct));
        Assert.True(await events.CompleteAsync(alive, Finding(alive, order), Ct));
        Assert.False(await events.CompleteAsync(alive, Finding(alive, order), Ct));
        Assert.Single(await world.EventsAsync(order), e => e.Type == EventTypes.OrderFact);
        Assert.Single((await leases.ClaimAsync(10, TimeSpan.FromMinutes(1), Ct)).Rows); // now its sibling
        await world.StartGatewayAsync();
    }

    [Fact]
    public async Task What_belongs_to_no_order_is_parked_and_opened_when_the_order_comes()
    {
        await using var world = await GatewayWorld.StartAsync(Ct);
        var (order, report) = await world.ReportAsync();
        await world.RunAsync("DELETE FROM grid.vendor_reference; DELETE FROM grid.outbox");
        await world.PostAsync(GatewayWorld.Event("evt_1", "report.created", report));
        await world.UntilStateAsync("evt_1", (short)InboxState.Unmatched);
        Assert.Equal("The vendor's object belongs to no order.", await world.ReadAsync<string>("SELECT error FROM grid.webhook_inbox"));

        using var again = await world.OrderAsync(order); // the same keys: the same candidate
        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
        await world.UntilStateAsync("evt_1", (short)InboxState.Done);
        Assert.Single(await world.EventsAsync(order), e => e.Type == EventTypes.BackgroundReport);
    }

    [Fact]
    public async Task What_keeps_failing_is_put_off_longer_each_time_and_then_parked_with_its_error()
    {
        await using var world = await GatewayWorld.StartAsync(Ct, new() { ["Inbox:MaxAttempts"] = "3", ["Inbox:FirstDelaySeconds"] = "0.05" });
        await world.PostAsync(GatewayWorld.Event("evt_1", "report.created", "rep_nowhere"));
        await world.UntilStateAsync("evt_1", (short)InboxState.Failed);
        Assert.Equal("checkr answered 404.", await world.ReadAsync<string>("SELECT error FROM grid.webhook_inbox"));
        Assert.Equal(3, await world.ReadAsync<int>("SELECT attempt FROM grid.webhook_inbox"));
        Assert.Equal(3L, await world.CallsAsync("GET reports"));
    }

    [Fact]
    public async Task A_vendor_that_is_away_opens_the_breaker_and_costs_no_tries_meanwhile()
    {
        await using var world = await GatewayWorld.StartAsync(Ct, new()
        {
            ["Inbox:Lanes"] = "1",
            ["Inbox:MaxAttempts"] = "6",
            ["Inbox:FirstDelaySeconds"] = "0.05",
            ["Inbox:BreakerDelaySeconds"] = "0.05",
        });
        var (_, report) = await world.ReportAsync();
        await world.FailAsync(1000, "503");
        var calls = await world.CallsAsync("GET reports");
        await world.PostAsync(GatewayWorld.Event("evt_1", "report.created", report));
        await world.UntilAsync(async () => await world.ReadAsync<string>("SELECT coalesce(error, '') FROM grid.webhook_inbox") == "The vendor is known to be away.", "open");
        var attempts = await world.ReadAsync<int>("SELECT attempt FROM grid.webhook_inbox");
        var asked = await world.CallsAsync("GET reports") - calls;
        Assert.InRange(asked, 3, 12); // five calls, most of them failures, open it; two before were good

        var turns = await world.ReadAsync<DateTime>("SELECT next_attempt_at FROM grid.webhook_inbox");
        await world.UntilAsync(async () => await world.ReadAsync<DateTime>("SELECT next_attempt_at FROM grid.webhook_inbox") > turns.AddSeconds(0.3), "several waits");
        Assert.Equal(attempts, await world.ReadAsync<int>("SELECT attempt FROM grid.webhook_inbox"));
        Assert.Equal(asked, await world.CallsAsync("GET reports") - calls);
        Assert.Equal((short)InboxState.Open, await world.StateAsync("evt_1"));
    }

    [Fact]
    public async Task A_passing_failure_is_retried_until_it_is_done()
    {
        await using var world = await GatewayWorld.StartAsync(Ct, new() { ["Inbox:FirstDelaySeconds"] = "0.05", ["HttpClients:checkr:TimeoutSeconds"] = "2" });
        var (order, report) = await world.ReportAsync();
        await world.FailAsync(1, "500");
        await world.FailAsync(1, "timeout");
        await world.PostAsync(GatewayWorld.Event("evt_1", "report.created", report));
        await world.UntilStateAsync("evt_1", (short)InboxState.Done);
        Assert.Single(await world.EventsAsync(order), e => e.Type == EventTypes.BackgroundReport);
    }

    [Fact]
    public async Task An_invitations_end_is_a_milestone()
    {
        await using var world = await GatewayWorld.StartAsync(Ct);
        var (order, _) = await world.ReportAsync();
        var invitation = await world.ReadAsync<string>("SELECT external_id FROM grid.vendor_reference WHERE kind = 'invitation'");
        await world.PostAsync(GatewayWorld.Event("evt_1", "invitation.completed", invitation));
        await world.UntilStateAsync("evt_1", (short)InboxState.Done);
        var told = (await world.EventsAsync(order)).Where(e => e.Type == EventTypes.OrderMilestone).ToList();
        Assert.Equal([("invitation-sent", 1L), ("invitation-completed", 2L)], told.Select(e => (e.Data.Milestone, e.Data.SourceVersion)));
    }

    private static VendorFinding Finding(LeasedWebhook webhook, OrderKey order) =>
        new(webhook.Webhook.Connection, "acme", order.Order, webhook.Object, [], version => new()
        {
            Id = webhook.Webhook.Event,
            Source = "test",
            Type = EventTypes.OrderFact,
            Time = webhook.ReceivedAt,
            Namespace = StreamNamespaces.Orders,
            Key = order.ToString(),
            Data = new() { SourceKey = "test", SourceVersion = version, Outcome = FactOutcome.Pending, ObservedAt = webhook.ReceivedAt },
        });
}
