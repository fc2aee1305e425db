using System.Net.Http.Json;
using System.Text.Json;
using ComplianceGrid.Benchmarks.Grid;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Benchmarks.Visibility;

/// <summary>The people at the vendor: fills in the forms of all who were invited, and completes their reports.</summary>
internal sealed class VendorDesk(GridUnderTest grid) : IDisposable
{
    private readonly HttpClient _http = new();

    /// <summary>Waits until so many were invited, then decides on each.</summary>
    /// <returns>Report by the candidate's address. The reports are complete at the vendor; no webhook has told of them.</returns>
    public async Task<IReadOnlyDictionary<string, string>> CompleteAllAsync(int people, CancellationToken ct)
    {
        var invitations = await Eventually.IsAsync(() => ReadAsync("invitations", ct), found => found.Length >= people, "all are invited", ct, TimeSpan.FromMinutes(2));
        var emails = (await ReadAsync("candidates", ct)).ToDictionary(c => c.GetProperty("id").GetString()!, c => c.GetProperty("email").GetString()!);
        var reports = new System.Collections.Concurrent.ConcurrentDictionary<string, string>();
        await Parallel.ForEachAsync(invitations, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = ct }, async (invitation, stop) =>
        {
            using var made = await _http.PostAsync(Url($"invitations/{invitation.GetProperty("id").GetString()}/complete"), null, stop);
            var report = (await made.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(stop)).GetProperty("id").GetString()!;
            using var completed = await _http.PutAsJsonAsync(Url($"reports/{report}"), new { status = "complete", result = "clear" }, stop);
            completed.EnsureSuccessStatusCode();
            reports[emails[invitation.GetProperty("candidate_id").GetString()!]] = report;
        });
        return reports;
    }

    public void Dispose() => _http.Dispose();

    private async Task<JsonElement[]> ReadAsync(string what, CancellationToken ct) => await _http.GetFromJsonAsync<JsonElement[]>(Url(what), ct) ?? [];

    private Uri Url(string path) => new(grid.Sandbox, "/sandbox/" + path);
}
