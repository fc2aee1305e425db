using System.Net;
using System.Security.Cryptography.X509Certificates;
using ComplianceGrid.Cluster.Clients;
using ComplianceGrid.Cluster.Processes;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Cluster.Wire;

/// <summary>Where silos call the gateway, over HTTP: a certificate of a silo first, then a service token. Neither is enough alone.</summary>
public sealed class GatewayWireTests(GridProcesses grid)
{
    private const string Status = "/integrations/checkr/status", Tenant = "gateway-wire";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_silos_certificate_and_its_token_are_heard_and_the_certificate_alone_is_not()
    {
        using var silo = WireClient.Of(grid, "silo");
        Assert.Equal(HttpStatusCode.OK, await AskAsync(silo, grid.GatewayWire, ServiceToken.Of(grid, Tenant, "integrations:read")));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(silo, grid.GatewayWire, null));
    }

    [Theory, InlineData("api"), InlineData("gateway"), InlineData("stranger"), InlineData(null)]
    public async Task Whoever_shows_another_certificate_or_none_is_hung_up_on_whatever_token_they_have(string? who)
    {
        using var stranger = new PrivateAuthority("silo.grid.internal");
        using var caller = who switch
        {
            null => WireClient.Showing(grid, null),
            "stranger" => WireClient.Showing(grid, X509Certificate2.CreateFromPemFile(stranger.CertificateFile, stranger.KeyFile)),
            _ => WireClient.Of(grid, who),
        };
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(caller, grid.GatewayWire, ServiceToken.Of(grid, Tenant, "integrations:read")));
        Assert.Null(refused.StatusCode);
    }

    [Fact]
    public Task What_comes_in_clear_is_hung_up_on() => ClearText.AssertHungUpOnAsync(grid.GatewayWire.Port, $"GET {Status} HTTP/1.1\r\nHost: gateway\r\n\r\n", Ct);

    [Fact]
    public async Task At_the_address_for_vendors_a_silos_token_opens_nothing()
    {
        using var http = new HttpClient();
        using var answer = await SendAsync(http, grid.Gateway, ServiceToken.Of(grid, Tenant, "integrations:read"));
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("GRID-1008", await answer.Content.ReadAsStringAsync(Ct));
    }

    private static async Task<HttpStatusCode> AskAsync(HttpClient http, Uri gateway, string? token)
    {
        using var answer = await SendAsync(http, gateway, token);
        return answer.StatusCode;
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient http, Uri gateway, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(gateway, Status));
        if (token is not null) request.Headers.Authorization = new("Bearer", token);
        return await http.SendAsync(request, Ct);
    }
}
