using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ComplianceGrid.Cluster.Storm;

/// <summary>Sends webhooks signed the way Checkr signs them, and like Checkr sends again what was not answered with 2xx.</summary>
internal sealed class Vendor(Uri gateway, string connection, string account, string apiKey) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromSeconds(10) })
    {
        BaseAddress = gateway,
        Timeout = TimeSpan.FromSeconds(15),
    };

    /// <param name="thing">Of the kind that the type begins with.</param>
    public string Webhook(string eventId, string type, string thing) => JsonSerializer.Serialize(new
    {
        id = eventId,
        @object = "event",
        type,
        created_at = "2026-11-23T10:00:00Z",
        webhook_url = new Uri(gateway, $"/webhooks/checkr/{connection}").ToString(),
        account_id = account,
        data = new { @object = new { id = thing, @object = type.Split('.')[0], uri = $"/v1/{type.Split('.')[0]}s/{thing}" } },
    });

    /// <summary>A signed request to the connection's own address.</summary>
    public HttpRequestMessage Request(string body, HttpContent content)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/webhooks/checkr/{connection}") { Content = content };
        request.Headers.Add("X-Checkr-Signature", Sign(body));
        return request;
    }

    /// <summary>Until it is accepted; every fifth goes to the address that knows the account by the body.</summary>
    public async Task DeliverAsync(string body, int number, CancellationToken ct)
    {
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (await PostAsync(body, Sign(body), number, ct) is not HttpStatusCode.OK) await pause.WaitForNextTickAsync(ct);
    }

    /// <returns>The answer to a badly signed webhook; asked again while the gateway is away.</returns>
    public async Task<HttpStatusCode> DeliverBadlySignedAsync(string body, int number, CancellationToken ct)
    {
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (true)
        {
            if (await PostAsync(body, Sign(body + " "), number, ct) is { } status and not (HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests)) return status;
            await pause.WaitForNextTickAsync(ct);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpStatusCode?> PostAsync(string body, string signature, int number, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, number % 5 == 0 ? "/webhooks/checkr" : $"/webhooks/checkr/{connection}")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("X-Checkr-Signature", signature);
        try
        {
            using var response = await _http.SendAsync(request, ct);
            return response.StatusCode;
        }
        catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !ct.IsCancellationRequested))
        {
            return null; // killed under way: not accepted, as far as the vendor can know
        }
    }

    private string Sign(string body) => Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(apiKey), Encoding.UTF8.GetBytes(body)));
}
