using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ComplianceGrid.Cluster.Clients;
using ComplianceGrid.Cluster.Processes;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Cluster.Wire;

/// <summary>Where silos call the gateway, over HTTP: a certificate of a silo first, then a service token. Neither is enough alone.</summary>
public sealed class GatewayWireTests(GridProcesses grid)
{
    private const string Status = "/integrations/checkr/status", Tenant = "gateway-wire";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

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
    public async Task What_comes_in_clear_is_hung_up_on()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, grid.GatewayWire.Port, Ct);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET {Status} HTTP/1.1\r\nHost: gateway\r\n\r\n"), Ct);
        using var answer = new MemoryStream();
        try
        {
            await socket.GetStream().CopyToAsync(answer, Ct).WaitAsync(Patience, Ct);
        }
        catch (IOException)
        {
            // reset instead of closed: hung up on as well
        }

        Assert.InRange(answer.Length, 0, 16); // a TLS alert at most
    }

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
