using System.Net;
using ComplianceGrid.Api.Tests.Hosting;

namespace ComplianceGrid.Api.Tests.AuditLog;

public sealed partial class AuditLogApiTests
{
    [Fact]
    public async Task Metrics_count_the_tenants_own_entries()
    {
        var (service, auditor) = (await ServiceAsync("metrics-mine"), await AuditorAsync("metrics-mine"));
        await LogAsync(service, new { entries = Enumerable.Range(0, 40).Select(_ => Entry()) }, "/audit/log/batch");
        await FoundAsync(auditor, "user=kim", 40);
        var metrics = await (await _client.SendAsync(auditor, HttpMethod.Get, "/audit/metrics")).JsonAsync();
        var entries = metrics.GetProperty("entries").GetInt64();
        Assert.InRange(entries, 42, 200); // the batch, its request, a log-on; the searches that waited for it
        Assert.InRange(metrics.GetProperty("recordBytes").GetInt64(), 300 * entries, 1_500 * entries);
        Assert.InRange(metrics.GetProperty("written").GetProperty("last15Minutes").GetInt64(), 42, entries);
        Assert.Equal(0, metrics.GetProperty("waiting").GetProperty("entries").GetInt64());
        Assert.True(metrics.GetProperty("spool").GetProperty("hasRoom").GetBoolean());

        var other = await (await _client.SendAsync(await AuditorAsync("metrics-other"), HttpMethod.Get, "/audit/metrics")).JsonAsync();
        Assert.InRange(other.GetProperty("entries").GetInt64(), 0, 5);
    }

    [Fact]
    public async Task Health_tells_store_spool_and_newest_entry()
    {
        var (service, auditor) = (await ServiceAsync("health"), await AuditorAsync("health"));
        await LogAsync(service, Entry());
        await FoundAsync(auditor, "user=kim", 1);
        var health = await (await _client.SendAsync(auditor, HttpMethod.Get, "/audit/health")).JsonAsync();
        Assert.True(health.GetProperty("storeAnswers").GetBoolean());
        Assert.InRange(TimeProvider.System.GetUtcNow() - health.GetProperty("newestAt").GetDateTimeOffset(), TimeSpan.Zero, TimeSpan.FromMinutes(5));
        var checks = health.GetProperty("checks").EnumerateArray().Select(check => Text(check, "name")).ToArray();
        Assert.Contains("database:Audit", checks);
        Assert.Contains("audit-spool", checks);
    }

    [Fact]
    public async Task Without_the_audit_database_reading_is_503_at_once_and_health_says_so()
    {
        var settings = grid.Settings();
        settings["ConnectionStrings:Audit"] = "Host=127.0.0.1;Port=1;Database=none;Username=none";
        await using var host = new ApiHost(settings);
        var token = await host.TokenAsync("away", ["Auditor", "Service"]);
        var start = TimeProvider.System.GetTimestamp();
        foreach (var path in new[] { "/audit/logs", $"/audit/logs/{Guid.AllBitsSet}", "/audit/user/kim/activity", "/audit/resource/employees", "/audit/metrics" })
        {
            var answer = await host.Client.SendAsync(token, HttpMethod.Get, path);
            await answer.RefusedAsync(HttpStatusCode.ServiceUnavailable, GridError.Unavailable);
            Assert.NotNull(answer.Headers.RetryAfter);
        }

        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(15));
        var health = await (await host.Client.SendAsync(token, HttpMethod.Get, "/audit/health")).JsonAsync();
        Assert.Equal(("degraded", false, false), (Text(health, "status"), health.GetProperty("storeAnswers").GetBoolean(), health.TryGetProperty("newestAt", out _)));
        // What comes in needs the silo, not this host's way to the database.
        Assert.Equal(HttpStatusCode.Created, (await host.Client.SendAsync(token, HttpMethod.Post, "/audit/log", Entry())).StatusCode);
    }
}
