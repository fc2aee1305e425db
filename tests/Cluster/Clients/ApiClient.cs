using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace ComplianceGrid.Cluster.Clients;

/// <summary>The front door by HTTP, in one tenant's name. Asks again while it answers 429 or 503, or is away.</summary>
internal sealed class ApiClient : IDisposable
{
    private readonly HttpClient _http;

    private ApiClient(HttpClient http) => _http = http;

    public HttpClient Http => _http;

    public string Token => _http.DefaultRequestHeaders.Authorization!.Parameter!;

    public static async Task<ApiClient> LogInAsync(Uri api, string tenant, CancellationToken ct, params string[] roles)
    {
        var http = new HttpClient { BaseAddress = api };
        var client = new ApiClient(http);
        using var token = await client.ReadAsync(HttpMethod.Post, "/dev/token", new { tenant, user = "cluster-test", roles }, ct);
        http.DefaultRequestHeaders.Authorization = new("Bearer", token.RootElement.GetProperty("access_token").GetString());
        return client;
    }

    public async Task PublishFirstPolicyAsync(string policy, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/policies") { Content = new StringContent(policy, Encoding.UTF8, "application/json") };
        request.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Any);
        using var response = await _http.SendAsync(request, ct);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    public async Task<JsonDocument> ReadAsync(HttpMethod method, string path, object? body, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (true)
        {
            try
            {
                using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
                using var response = await _http.SendAsync(request, patience.Token);
                if (response.IsSuccessStatusCode) return JsonDocument.Parse(await response.Content.ReadAsStringAsync(patience.Token));
                if (response.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable))
                    throw new InvalidOperationException($"{method} {path} answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(ct)}");
            }
            catch (HttpRequestException e) when (e.StatusCode is null)
            {
                // the process was away; asked again below, until patience ends
            }

            await pause.WaitForNextTickAsync(patience.Token);
        }
    }

    public void Dispose() => _http.Dispose();
}
