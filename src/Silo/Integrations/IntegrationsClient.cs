using System.Diagnostics;
using ComplianceGrid.Integrations;
using ComplianceGrid.ServiceDefaults.Http;
using ComplianceGrid.Storage;

namespace ComplianceGrid.Silo.Integrations;

/// <summary>The integrations gateway, which alone talks to vendors.</summary>
internal sealed class IntegrationsClient(HttpClient http, ServiceTokenSigner tokens)
{
    /// <exception cref="HttpRequestException">The gateway did not accept the order.</exception>
    public async Task PlaceAsync(string vendor, VendorOrderRequest order, CancellationToken ct)
    {
        var requestId = Activity.Current?.TraceId.ToString() ?? order.OrderKey.Order.ToString("N");
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/integrations/{Uri.EscapeDataString(vendor)}/orders")
        {
            Content = JsonContent.Create(order, options: GridJson.Options),
        };
        request.Headers.Authorization = new("Bearer", tokens.For(order.OrderKey.Tenant, requestId, ServiceTokens.PlaceOrders));
        request.Headers.Add(GridHttpClientExtensions.IdempotencyKey, order.OrderKey.Order.ToString("D"));
        using var response = await http.SendAsync(request, ct);
        response.EnsureSuccessStatusCode();
    }
}
