using System.Text.Json;
using ComplianceGrid.Audit;
using ComplianceGrid.Gateway.Connections;
using ComplianceGrid.Gateway.Inbox;
using ComplianceGrid.Storage;
using Microsoft.AspNetCore.Builder;

namespace ComplianceGrid.Gateway.Tests.Connections;

public sealed class ConnectionsCommandTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Adding_twice_adds_once_and_keeps_the_key_sealed()
    {
        await using var world = await GatewayWorld.StartAsync(Ct);
        Assert.Equal(GatewayWorld.ConnectionId, await world.AddConnectionAsync("acme", GatewayWorld.Account, "conn-something-else", GatewayWorld.ApiKey));
        Assert.Equal(1L, await world.ReadAsync<long>("SELECT count(*) FROM grid.vendor_connection_key"));
        var box = await world.ReadAsync<byte[]>("SELECT sealed FROM grid.vendor_connection_key");
        Assert.Equal(-1, box.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(GatewayWorld.ApiKey)));

        var output = new StringWriter();
        Assert.Equal(0, await ConnectionsCommand.RunAsync(["list"], output, TextWriter.Null, world.Configure));
        Assert.Contains("acme\tcheckr\tacct_acme", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_has_one_tenant()
    {
        await using var world = await GatewayWorld.StartAsync(Ct);
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => world.AddConnectionAsync("globex", GatewayWorld.Account, "conn-globex-00000000", "globex-secret"));
        Assert.Contains("another tenant", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_an_operator_did_and_tried_is_on_record()
    {
        await using var world = await GatewayWorld.StartAsync(Ct);
        await world.AddConnectionAsync("acme", "acct_more", "conn-more-0000000000", GatewayWorld.ApiKey);
        await world.AddConnectionAsync("acme", "acct_more", "conn-more-0000000000", GatewayWorld.ApiKey + "-new", "--retire-others-after-hours", "1");
        await Assert.ThrowsAsync<InvalidOperationException>(() => world.AddConnectionAsync("globex", "acct_more", "conn-globex-00000000", "globex-secret"));

        var entries = (await world.ReadAsync<string[]>("SELECT array_agg(convert_from(body, 'UTF8') ORDER BY position) FROM grid.outbox WHERE kind = 'audit'"))
            .Select(body => JsonSerializer.Deserialize<AuditEntry>(body, GridJson.Options)!).ToArray();
        Assert.All(entries, entry => Assert.Equal(("vendor-connections", "checkr/acct_more", "operator:" + Environment.UserName), (entry.Resource, entry.ResourceId, entry.UserId)));
        Assert.Equal([("acme", AuditAction.Create, true, null), ("acme", AuditAction.Update, true, null), ("globex", AuditAction.Create, false, "GRID-1009")],
            entries.Select(entry => (entry.TenantId, entry.Action, entry.Success, entry.ErrorCode)));
        using var rotated = JsonDocument.Parse(entries[1].Details!);
        Assert.Equal((true, 1), (rotated.RootElement.GetProperty("keyAdded").GetBoolean(), rotated.RootElement.GetProperty("keysRetired").GetInt32()));
        Assert.Equal(rotated.RootElement.GetProperty("before").GetRawText(), rotated.RootElement.GetProperty("after").GetRawText());
        Assert.All(entries, entry => Assert.DoesNotContain(GatewayWorld.ApiKey, entry.Details!, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_database_that_is_away_is_said_to_be()
    {
        await using var world = await GatewayWorld.StartAsync(Ct);
        using StringWriter output = new(), error = new();
        Assert.Equal(2, await ConnectionsCommand.RunAsync(["list"], output, error, Elsewhere));
        Assert.Equal(2, await ParkedWebhooksCommand.RunAsync(["list"], output, error, Elsewhere));
        Assert.Equal("", output.ToString());
        Assert.Equal(["Failed to connect to 127.0.0.1:1", "Failed to connect to 127.0.0.1:1"], error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));

        void Elsewhere(WebApplicationBuilder builder)
        {
            world.Configure(builder);
            builder.Configuration["ConnectionStrings:Grid"] = "Host=127.0.0.1;Port=1;Database=grid";
        }
    }

    [Theory]
    [InlineData("--tenant", "BAD")]
    [InlineData("--vendor", "nobody")]
    [InlineData("--id", "guessable")]
    [InlineData("--api-key-file", "/nowhere")]
    [InlineData("--base-url", "ftp://x")]
    public void A_wrong_value_is_named(string option, string value)
    {
        var args = new Dictionary<string, string>
        {
            ["--tenant"] = "acme",
            ["--vendor"] = "checkr",
            ["--account-id"] = "a",
            ["--api-key-file"] = typeof(ConnectionsCommand).Assembly.Location,
            [option] = value,
        };
        Assert.True(ConnectionArguments.TryParse([.. args.SelectMany(a => new[] { a.Key, a.Value })], out _, out var problem));
        Assert.Contains(option, problem, StringComparison.Ordinal);
    }
}
