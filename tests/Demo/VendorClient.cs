using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace ComplianceGrid.Demo;

/// <summary>The vendor's side: its people decide in the sandbox, and its webhooks go to the gateway.</summary>
internal sealed class VendorClient(Uri sandbox, Uri gateway, string connection) : IDisposable
{
    private readonly HttpClient _http = new();

    /// <summary>Invitations by the candidate's address.</summary>
    public async Task<IReadOnlyDictionary<string, Invitation>> InvitationsAsync(CancellationToken ct)
    {
        var candidates = (await ReadAsync("candidates", ct)).ToDictionary(c => c.GetProperty("id").GetString()!, c => c.GetProperty("email").GetString()!);
        var reports = (await ReadAsync("reports", ct)).ToDictionary(r => r.GetProperty("candidate_id").GetString()!, r => r.GetProperty("status").GetString()!);
        return (await ReadAsync("invitations", ct)).ToDictionary(
            i => candidates[i.GetProperty("candidate_id").GetString()!],
            i => new Invitation(i.GetProperty("id").GetString()!, reports.GetValueOrDefault(i.GetProperty("candidate_id").GetString()!)));
    }

    /// <summary>The candidate fills in the form.</summary>
    /// <returns>The report's id.</returns>
    public async Task<string> CompleteInvitationAsync(string invitation, CancellationToken ct)
    {
        using var response = await _http.PostAsync(new Uri(sandbox, $"/sandbox/invitations/{invitation}/complete"), null, ct);
        return (await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(ct)).GetProperty("id").GetString()!;
    }

    public async Task CompleteReportAsync(string report, string result, CancellationToken ct)
    {
        using var response = await _http.PutAsJsonAsync(new Uri(sandbox, $"/sandbox/reports/{report}"), new { status = "complete", result }, ct);
        response.EnsureSuccessStatusCode();
    }

    public async Task<SignedWebhook> SignAsync(string type, string objectId, CancellationToken ct)
    {
        using var response = await _http.PostAsJsonAsync(new Uri(sandbox, "/sandbox/webhooks"), new { type, object_id = objectId }, ct);
        var webhook = await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(ct);
        return new(webhook.GetProperty("body").GetString()!, webhook.GetProperty("signature").GetString()!);
    }

    /// <returns>The gateway's status code.</returns>
    public async Task<int> PostAsync(SignedWebhook webhook, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway, $"/webhooks/checkr/{connection}"))
        {
            Content = new StringContent(webhook.Body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("X-Checkr-Signature", webhook.Signature);
        using var response = await _http.SendAsync(request, ct);
        return (int)response.StatusCode;
    }

    public void Dispose() => _http.Dispose();

    private async Task<JsonElement[]> ReadAsync(string what, CancellationToken ct) =>
        await _http.GetFromJsonAsync<JsonElement[]>(new Uri(sandbox, "/sandbox/" + what), ct) ?? [];
}

/// <param name="Report">The report's status; null: the candidate has not filled in the form.</param>
internal sealed record Invitation(string Id, string? Report);

internal sealed record SignedWebhook(string Body, string Signature);
