using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ComplianceGrid.Cluster.Clients;

namespace ComplianceGrid.Chaos;

/// <summary>Records, each of which one caller changes again and again, over the Apis by turns.</summary>
internal sealed class Callers(Uri[] apis, string token) : IDisposable
{
    private readonly HttpClient[] _apis = [.. apis.Select(api => new HttpClient { BaseAddress = api, Timeout = TimeSpan.FromSeconds(15), DefaultRequestHeaders = { Authorization = new("Bearer", token) } })];
    private int _open;

    /// <summary>Requests without an answer.</summary>
    public int Open => Volatile.Read(ref _open);

    public async Task RunAsync(Change change, int number, TimeSpan every, CancellationToken stop, CancellationToken ct)
    {
        using var pause = new PeriodicTimer(every);
        for (var n = 1; !stop.IsCancellationRequested; n++)
        {
            await pause.WaitForNextTickAsync(ct);
            await TryAsync(change, n, _apis[(n + number) % _apis.Length], ct);
        }
    }

    public void Dispose()
    {
        foreach (var api in _apis) api.Dispose();
    }

    /// <summary>What it says after all is over, against what was promised.</summary>
    public static async Task<string?> FaultOfAsync(Change change, ApiClient api, CancellationToken ct)
    {
        using var record = await api.ReadAsync(HttpMethod.Get, change.Path, null, ct);
        var name = change.NameIn(record.RootElement);
        var number = name.StartsWith("Change", StringComparison.Ordinal) ? int.Parse(name["Change".Length..], null) : 0;
        return number >= change.Acknowledged && number <= change.Tried ? null : $"{change.Path} is at {number}; acknowledged {change.Acknowledged}, tried {change.Tried}";
    }

    // Who gets no answer does not know whether it happened, and goes on.
    private async Task TryAsync(Change change, int n, HttpClient api, CancellationToken ct)
    {
        Interlocked.Increment(ref _open);
        try
        {
            using var read = await api.GetAsync(change.Path, ct);
            if (!read.IsSuccessStatusCode)
            {
                change.Count(read.StatusCode);
                return;
            }

            var record = await read.Content.ReadFromJsonAsync<JsonElement>(ct);
            using var request = new HttpRequestMessage(HttpMethod.Put, change.Path) { Content = JsonContent.Create(change.Renamed(record, $"Change{n}")) };
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

/// <summary>A record of the front door that has a name somewhere, which says how often it was changed.</summary>
internal sealed record Change(string Path, Func<JsonElement, string> NameIn, Func<JsonElement, string, object> Renamed)
{
    private static readonly string[] Profile = ["employeeNumber", "givenName", "dateOfBirth", "email", "phone", "site", "roles", "hiredOn"];

    public int Acknowledged { get; set; }
    public int Tried { get; set; }

    public Dictionary<string, int> Answers { get; } = [];

    /// <summary>A person's family name.</summary>
    public static Change Of(Guid person) => new($"/api/employees/{person}", record => record.GetProperty("familyName").GetString()!, (record, name) =>
    {
        var body = Profile.Where(field => record.TryGetProperty(field, out _)).ToDictionary(field => field, field => (object)record.GetProperty(field));
        body["familyName"] = name;
        return body;
    });

    /// <summary>The name of the policy's only site: each change is a version of its own, by which everybody is evaluated anew.</summary>
    public static Change OfPolicy() => new("/api/policies", record => record.GetProperty("policy").GetProperty("sites")[0].GetProperty("name").GetString()!, (_, name) =>
        JsonSerializer.Deserialize<JsonElement>(Workforce.Policy.Replace("\"Dallas\"", $"\"{name}\"", StringComparison.Ordinal)));

    /// <param name="status">Null: no answer.</param>
    public void Count(HttpStatusCode? status)
    {
        var name = status?.ToString() ?? "none";
        Answers[name] = Answers.GetValueOrDefault(name) + 1;
    }
}
