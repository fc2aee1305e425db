using System.Net.Http.Json;
using System.Text.Json;

namespace ComplianceGrid.Cluster.Clients;

/// <summary>The vendor's people: they complete forms and decide reports.</summary>
internal sealed class SandboxClient(Uri sandbox) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = sandbox };

    /// <summary>Candidates' invitations by the candidate's address.</summary>
    public async Task<IReadOnlyDictionary<string, string>> InvitationsAsync(CancellationToken ct)
    {
        var invitations = (await _http.GetFromJsonAsync<JsonElement[]>("/sandbox/invitations", ct))!;
        var candidates = (await _http.GetFromJsonAsync<JsonElement[]>("/sandbox/candidates", ct))!
            .ToDictionary(c => c.GetProperty("id").GetString()!, c => c.GetProperty("email").GetString()!);
        return invitations.ToDictionary(i => candidates[i.GetProperty("candidate_id").GetString()!], i => i.GetProperty("id").GetString()!);
    }

    public async Task<string> CompleteInvitationAsync(string invitation, CancellationToken ct)
    {
        using var response = await _http.PostAsync($"/sandbox/invitations/{invitation}/complete", null, ct);
        return (await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(ct)).GetProperty("id").GetString()!;
    }

    public async Task ChangeReportAsync(string report, ReportState state, CancellationToken ct)
    {
        using var response = await _http.PutAsJsonAsync($"/sandbox/reports/{report}", new { status = state.Status, result = state.Result, adjudication = state.Adjudication }, ct);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>The reports as the vendor's API serves them now.</summary>
    public async Task<IReadOnlyDictionary<string, ReportState>> ReportsAsync(CancellationToken ct) =>
        (await _http.GetFromJsonAsync<JsonElement[]>("/sandbox/reports", ct))!.ToDictionary(
            r => r.GetProperty("id").GetString()!,
            r => new ReportState(r.GetProperty("status").GetString()!, r.GetProperty("result").GetString(), r.GetProperty("adjudication").GetString()));

    public void Dispose() => _http.Dispose();
}

internal sealed record ReportState(string Status, string? Result, string? Adjudication = null);
