using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ComplianceGrid.Cluster.Clients;

namespace ComplianceGrid.Chaos;

/// <summary>A person whose name one caller changes again and again, over the Apis by turns. Each changes somebody else's.</summary>
internal sealed class Callers(Uri[] apis, string token) : IDisposable
{
    private readonly HttpClient[] _apis = [.. apis.Select(api => new HttpClient { BaseAddress = api, Timeout = TimeSpan.FromSeconds(15), DefaultRequestHeaders = { Authorization = new("Bearer", token) } })];
    private int _open;

    /// <summary>Requests without an answer.</summary>
    public int Open => Volatile.Read(ref _open);

    public async Task<Change> RunAsync(Guid person, int number, CancellationToken stop, CancellationToken ct)
    {
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        var change = new Change(person);
        for (var n = 1; !stop.IsCancellationRequested; n++)
        {
            await pause.WaitForNextTickAsync(ct);
            await TryAsync(change, n, _apis[(n + number) % _apis.Length], ct);
        }

        return change;
    }

    public void Dispose()
    {
        foreach (var api in _apis) api.Dispose();
    }

    /// <summary>What it says after all is over, against what was promised.</summary>
    public static async Task<string?> FaultOfAsync(Change change, ApiClient api, CancellationToken ct)
    {
        using var record = await api.ReadAsync(HttpMethod.Get, $"/api/employees/{change.Person}", null, ct);
        var name = record.RootElement.GetProperty("familyName").GetString()!;
        var number = name.StartsWith("Change", StringComparison.Ordinal) ? int.Parse(name["Change".Length..], null) : 0;
        return number >= change.Acknowledged && number <= change.Tried ? null : $"{change.Person} is at {number}; acknowledged {change.Acknowledged}, tried {change.Tried}";
    }

    // Who gets no answer does not know whether it happened, and goes on.
    private async Task TryAsync(Change change, int n, HttpClient api, CancellationToken ct)
    {
        Interlocked.Increment(ref _open);
        try
        {
            using var read = await api.GetAsync($"/api/employees/{change.Person}", ct);
            if (!read.IsSuccessStatusCode)
            {
                change.Count(read.StatusCode);
                return;
            }

            var profile = await read.Content.ReadFromJsonAsync<JsonElement>(ct);
            var fields = new[] { "employeeNumber", "givenName", "dateOfBirth", "email", "phone", "site", "roles", "hiredOn" };
            var body = fields.Where(field => profile.TryGetProperty(field, out _)).ToDictionary(field => field, field => (object)profile.GetProperty(field));
            body["familyName"] = $"Change{n}";
            using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/employees/{change.Person}") { Content = JsonContent.Create(body) };
            request.Headers.IfMatch.Add(read.Headers.ETag ?? throw new InvalidOperationException("No ETag."));
            change.Tried = n;
            using var written = await api.SendAsync(request, ct);
            change.Count(written.StatusCode);
            if (written.IsSuccessStatusCode) change.Acknowledged = n;
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is TaskCanceledException && !ct.IsCancellationRequested))
        {
            change.Count(null);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }
}

internal sealed class Change(Guid person)
{
    public Guid Person => person;
    public int Acknowledged { get; set; }
    public int Tried { get; set; }

    /// <summary>Null: no answer.</summary>
    public Dictionary<string, int> Answers { get; } = [];

    public void Count(HttpStatusCode? status)
    {
        var name = status?.ToString() ?? "none";
        Answers[name] = Answers.GetValueOrDefault(name) + 1;
    }
}
