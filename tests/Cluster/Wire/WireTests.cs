using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using ComplianceGrid.Cluster.Clients;
using ComplianceGrid.Cluster.Processes;
using ComplianceGrid.Employees;
using ComplianceGrid.Tenancy;
using ComplianceGrid.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace ComplianceGrid.Cluster.Wire;

/// <summary>On the sockets of running silos: who shows the right certificate is heard, and nobody else.</summary>
public sealed class WireTests(GridProcesses grid)
{

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GatewayPort", "gateway"), InlineData("GatewayPort", "silo"), InlineData("GatewayPort", "stranger"), InlineData("GatewayPort", null)]
    [InlineData("SiloPort", "api"), InlineData("SiloPort", "gateway"), InlineData("SiloPort", "stranger"), InlineData("SiloPort", null)]
    public async Task A_port_hangs_up_on_other_roles(string port, string? who)
    {
        using var stranger = new PrivateAuthority("api.grid.internal");
        using var certificate = who is null ? null : who == "stranger"
            ? X509Certificate2.CreateFromPemFile(stranger.CertificateFile, stranger.KeyFile)
            : X509Certificate2.CreateFromPemFile(Key($"wire-{who}.pem"), Key($"wire-{who}.key"));
        var (socket, read) = await ReadFirstAsync(PortOf(port), certificate);
        using (socket) Assert.Equal(0, await read.WaitAsync(Eventually.Patience, Ct));
    }

    [Theory, InlineData("GatewayPort", "api"), InlineData("SiloPort", "silo")]
    public async Task And_not_on_its_own(string port, string who)
    {
        using var certificate = X509Certificate2.CreateFromPemFile(Key($"wire-{who}.pem"), Key($"wire-{who}.key"));
        var (socket, read) = await ReadFirstAsync(PortOf(port), certificate);
        using (socket) Assert.True(await Task.WhenAny(read, Task.Delay(TimeSpan.FromSeconds(2), Ct)) != read || await read > 0); // it waits for us, or speaks
    }

    [Theory, InlineData("GatewayPort"), InlineData("SiloPort")]
    public Task What_comes_in_clear_is_hung_up_on(string port) => ClearText.AssertHungUpOnAsync(PortOf(port), "GET / HTTP/1.1\r\nHost: silo\r\n\r\n", Ct);

    [Fact]
    public async Task With_the_Apis_certificate_a_grain_is_called()
    {
        using var host = await GrainClient.ConnectAsync(grid, Ct);
        RequestContext.Set(CallContext.Tenant, "wire");
        var error = await Assert.ThrowsAsync<GridException>(() => host.Services.GetRequiredService<IGrainFactory>()
            .GetGrain<IEmployeeGrain>(new EmployeeKey(new("wire"), Guid.CreateVersion7(TimeProvider.System.GetUtcNow())).ToString()).Get());
        Assert.Equal(GridError.NotFound, error.Error); // the grain's own answer
        await host.StopAsync(Ct);
    }

    [Fact] // side by side: each takes all of its time
    public Task Without_it_an_Orleans_client_does_not_come_in() =>
        Task.WhenAll(new[] { "no certificate", "another authority", "the gateway's certificate" }.Select(AssertKeptOutAsync));

    private async Task AssertKeptOutAsync(string with)
    {
        using var stranger = new PrivateAuthority("api.grid.internal");
        var (certificate, key) = with switch
        {
            "no certificate" => ("", ""),
            "another authority" => (stranger.CertificateFile, stranger.KeyFile),
            _ => (Key("wire-gateway.pem"), Key("wire-gateway.key")),
        };
        var wire = new Dictionary<string, string?>
        {
            ["Wire:CertificateFile"] = certificate,
            ["Wire:CertificateKeyFile"] = key,
            ["Wire:AuthorityFile"] = certificate.Length == 0 ? "" : Key("wire-authority.pem"),
        };
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct); // with the right one it takes a second or two
        patience.CancelAfter(TimeSpan.FromSeconds(10));
        var error = await Assert.ThrowsAnyAsync<Exception>(() => GrainClient.ConnectAsync(grid, patience.Token, wire));
        Assert.True(error is OrleansException or OperationCanceledException, $"{with}: {error}");
    }

    /// <returns>What the first read of it gives: bytes, or 0 when the other end has hung up.</returns>
    private async Task<(TcpClient Socket, Task<int> Read)> ReadFirstAsync(int port, X509Certificate2? certificate)
    {
        var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, port, Ct);
        var tls = new SslStream(socket.GetStream());
        return (socket, ReadAsync());

        async Task<int> ReadAsync()
        {
            try
            {
                await tls.AuthenticateAsClientAsync(new()
                {
                    TargetHost = "silo.grid.internal",
                    ApplicationProtocols = [new("Orleans1")],
                    CertificateChainPolicy = new()
                    {
                        TrustMode = X509ChainTrustMode.CustomRootTrust,
                        CustomTrustStore = { X509CertificateLoader.LoadCertificateFromFile(Key("wire-authority.pem")) },
                        RevocationMode = X509RevocationMode.NoCheck,
                    },
                    ClientCertificates = certificate is null ? null : [certificate],
                }, Ct);
                return await tls.ReadAsync(new byte[16], Ct);
            }
            catch (Exception refused) when (refused is IOException or AuthenticationException)
            {
                return 0;
            }
        }
    }

    private string Key(string name) => Path.Combine(grid.State, "keys", name);

    private int PortOf(string name)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(grid.ConfigFile("silo-1")));
        return json.RootElement.GetProperty("Orleans").GetProperty(name).GetInt32();
    }
}
