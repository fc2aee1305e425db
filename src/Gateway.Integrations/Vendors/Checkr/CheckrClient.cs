using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using ComplianceGrid.Gateway.Connections;
using ComplianceGrid.ServiceDefaults.Http;

namespace ComplianceGrid.Gateway.Vendors.Checkr;

/// <summary>Checkr's API: HTTP Basic, the secret key as user and no password.</summary>
internal sealed class CheckrClient(HttpClient http)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        MaxDepth = 64,
    };

    public Task<CheckrReport> GetReportAsync(ActiveConnection connection, string id, CancellationToken ct) =>
        SendAsync<CheckrReport>(connection, new(HttpMethod.Get, Address(connection, "reports", id)), ct);

    public Task<CheckrInvitation> GetInvitationAsync(ActiveConnection connection, string id, CancellationToken ct) =>
        SendAsync<CheckrInvitation>(connection, new(HttpMethod.Get, Address(connection, "invitations", id)), ct);

    public Task<CheckrCandidate> CreateCandidateAsync(ActiveConnection connection, NewCandidate candidate, string idempotencyKey, CancellationToken ct) =>
        SendAsync<CheckrCandidate>(connection, Post(connection, "candidates", candidate, idempotencyKey), ct);

    public Task<CheckrInvitation> CreateInvitationAsync(ActiveConnection connection, NewInvitation invitation, string idempotencyKey, CancellationToken ct) =>
        SendAsync<CheckrInvitation>(connection, Post(connection, "invitations", invitation, idempotencyKey), ct);

    private static Uri Address(ActiveConnection connection, string path, string? id = null) =>
        new(id is null ? $"{connection.BaseUrl}/{path}" : $"{connection.BaseUrl}/{path}/{Uri.EscapeDataString(id)}");

    private static HttpRequestMessage Post<T>(ActiveConnection connection, string path, T body, string idempotencyKey) =>
        new(HttpMethod.Post, Address(connection, path))
        {
            Headers = { { GridHttpClientExtensions.IdempotencyKey, idempotencyKey } },
            Content = JsonContent.Create(body, options: Json),
        };

    private async Task<T> SendAsync<T>(ActiveConnection connection, HttpRequestMessage request, CancellationToken ct)
    {
        using (request)
        {
            if (connection.Keys is not [var newest, ..]) throw new VendorException(0, "The connection has no active key.");
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String([.. newest, (byte)':']));
            using var response = await http.SendAsync(request, ct);
            if (!response.IsSuccessStatusCode)
                throw new VendorException((int)response.StatusCode, string.Create(null, $"checkr answered {(int)response.StatusCode}."));
            try
            {
                return await response.Content.ReadFromJsonAsync<T>(Json, ct) ?? throw new VendorException(0, "checkr answered null.");
            }
            catch (JsonException)
            {
                throw new VendorException(0, "checkr's answer could not be read.");
            }
        }
    }
}
