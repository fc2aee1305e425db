using System.Net;
using System.Text.Json;
using ComplianceGrid.Api.Tests.Hosting;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Api.Tests.AuditLog;

/// <summary>Through the front door into the product's ledger, and back out of the audit database.</summary>
[Collection(ApiCollection.Name)]
public sealed partial class AuditLogApiTests(RealGridFixture grid) : IClassFixture<RealGridFixture>
{
    private readonly HttpClient _client = grid.Api.Client;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private Task<string> ServiceAsync(string tenant) => grid.Api.TokenAsync(tenant, ["Service"], user: "hr-sync");

    private Task<string> AuditorAsync(string tenant) => grid.Api.TokenAsync(tenant, ["Auditor"], user: "ada");

    /// <summary>An entry as a service sends it.</summary>
    private static Dictionary<string, object?> Entry(params (string Member, object? Value)[] other)
    {
        var entry = new Dictionary<string, object?>
        {
            ["timestamp"] = "2026-01-15T14:05:31.2185Z",
            ["userId"] = "kim",
            ["userRole"] = "Recruiter",
            ["action"] = "UPDATE",
            ["resource"] = "applicants",
            ["resourceId"] = "A-2207",
            ["ipAddress"] = "::ffff:203.0.113.7",
            ["userAgent"] = "hr-sync/3.1",
            ["requestId"] = "4bf92f3577b34da6a3ce929d0e0e4736",
            ["details"] = new { fields = 1, odd = "ODD" },
            ["result"] = "SUCCESS",
            ["durationMs"] = 18,
        };
        foreach (var (member, value) in other) entry[member] = value;
        return entry;
    }

    private static Guid NewId() => Guid.CreateVersion7(TimeProvider.System.GetUtcNow());

    private async Task<Guid[]> LogAsync(string token, object body, string path = "/audit/log")
    {
        var answer = await _client.SendAsync(token, HttpMethod.Post, path, body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Ct));
        return [.. (await answer.JsonAsync()).GetProperty("ids").EnumerateArray().Select(id => id.GetGuid())];
    }

    private async Task<JsonElement[]> SearchAsync(string token, string query, string path = "/audit/logs")
    {
        var answer = await _client.SendAsync(token, HttpMethod.Get, $"{path}?{query}");
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Ct));
        return [.. (await answer.JsonAsync()).GetProperty("items").EnumerateArray()];
    }

    /// <summary>Waits for them: on a busy machine they may come by the spool.</summary>
    private async Task<JsonElement[]> FoundAsync(string token, string query, int count, string path = "/audit/logs")
    {
        JsonElement[] found = [];
        await Eventually.TrueAsync(async () => (found = await SearchAsync(token, query, path)).Length >= count, $"{count} entries are in the log", Ct);
        return found;
    }

    private static string Text(JsonElement element, string member) => element.GetProperty(member).GetString()!;
}
