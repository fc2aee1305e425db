using ComplianceGrid.Events;
using ComplianceGrid.Gateway.Inbox;
using ComplianceGrid.Storage.Inbox;

namespace ComplianceGrid.Gateway.Tests.Inbox;

public sealed class ParkedWebhooksTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_unmatched_webhook_is_applied_when_it_is_replayed_after_its_order_is_known()
    {
        await using var world = await GatewayWorld.StartAsync(Ct);
        var (order, report) = await world.ReportAsync();
        await world.SetReportAsync(report, "complete", "clear");
        await world.RunAsync("CREATE TABLE aside AS SELECT * FROM grid.vendor_reference; DELETE FROM grid.vendor_reference; DELETE FROM grid.outbox");
        await world.PostAsync(GatewayWorld.Event("evt_1", "report.completed", report));
        await world.UntilStateAsync("evt_1", (short)InboxState.Unmatched);
        var id = await IdAsync(world, "evt_1");

        // Too early: it is parked again, with its reason.
        Assert.Equal((0, "1 replayed\n", ""), await RunAsync(world, "replay", id));
        await world.UntilStateAsync("evt_1", (short)InboxState.Unmatched);
        Assert.DoesNotContain(await world.EventsAsync(order), e => e.Type == EventTypes.BackgroundReport);

        await world.RunAsync("INSERT INTO grid.vendor_reference SELECT * FROM aside"); // nobody looks for who waits for it
        Assert.Equal((0, "1 replayed\n", ""), await RunAsync(world, "replay", id));
        await world.UntilStateAsync("evt_1", (short)InboxState.Done);
        Assert.Single(await world.EventsAsync(order), e => e.Type == EventTypes.BackgroundReport);

        Assert.Equal(1, (await RunAsync(world, "replay", id)).Code);
        Assert.Equal((short)InboxState.Done, await world.StateAsync("evt_1"));
        Assert.Equal(2, (await world.AuditsAsync()).Count(entry => entry.GetProperty("userRole").GetString() == "operator"
            && entry.GetProperty("resource").GetString() == "webhooks" && entry.GetProperty("resourceId").GetString() == "evt_1"));
    }

    [Fact]
    public async Task What_failed_is_listed_with_its_reason_and_without_its_body_and_all_of_a_tenant_can_be_replayed()
    {
        await using var world = await GatewayWorld.StartAsync(Ct, new() { ["Inbox:MaxAttempts"] = "2", ["Inbox:FirstDelaySeconds"] = "0.01" });
        var (order, report) = await world.ReportAsync();
        await world.FailAsync(2, "404");
        await world.PostAsync(GatewayWorld.Event("evt_1", "report.created", report, extra: ",\"note\":\"Ada Byron\""));
        await world.UntilStateAsync("evt_1", (short)InboxState.Failed);

        var (code, output, _) = await RunAsync(world, "list", "--tenant", "acme");
        var line = Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        var id = await IdAsync(world, "evt_1");
        Assert.Equal(["webhook", id, "acme", "checkr", "2"], line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[..5]);
        Assert.EndsWith("checkr answered 404.", line, StringComparison.Ordinal);
        Assert.Equal((0, "", ""), await RunAsync(world, "list", "--tenant", "globex"));
        (code, output, _) = await RunAsync(world, "show", id);
        Assert.Equal(0, code);
        Assert.Contains("about     report.created report " + report, output, StringComparison.Ordinal);
        Assert.DoesNotContain("Ada", output, StringComparison.Ordinal);

        Assert.Equal((0, "0 replayed\n", ""), await RunAsync(world, "replay", "--all", "--tenant", "globex"));
        Assert.Equal((0, "1 replayed\n", ""), await RunAsync(world, "replay", "--all", "--tenant", "acme"));
        await world.UntilStateAsync("evt_1", (short)InboxState.Done);
        Assert.Equal((0, "0 replayed\n", ""), await RunAsync(world, "replay", "--all"));
        Assert.Single(await world.EventsAsync(order), e => e.Type == EventTypes.BackgroundReport);
    }

    private static async Task<string> IdAsync(GatewayWorld world, string eventId) =>
        await world.ReadAsync<string>($"SELECT id::text FROM grid.webhook_inbox WHERE event_id = '{eventId}'");

    private static async Task<(int Code, string Output, string Error)> RunAsync(GatewayWorld world, params string[] args)
    {
        using StringWriter output = new(), error = new();
        var code = await ParkedWebhooksCommand.RunAsync(args, output, error, world.Configure);
        return (code, output.ToString(), error.ToString());
    }
}
