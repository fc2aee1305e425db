using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ComplianceGrid.Api.Identity.Server;
using ComplianceGrid.Api.Tests.Hosting;
using ComplianceGrid.TestKit;
using Microsoft.IdentityModel.JsonWebTokens;

namespace ComplianceGrid.Api.Tests.Identity.Server;

/// <summary>A service that proves itself by its own certificate (RFC 8705), over real TLS.</summary>
[Collection(ApiCollection.Name)]
public sealed class MutualTlsTests(RealGridFixture grid) : IClassFixture<RealGridFixture>, IAsyncLifetime
{
    private const string Tenant = "mutual-tls";

    private readonly PrivateAuthority _edge = new("localhost");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mutual-tls-");
    private readonly Uri _services = new($"https://localhost:{FreePorts.One()}");
    private ApiHost _api = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _api = new ApiHost(new(grid.Settings())
        {
            ["AuthorizationServer:MutualTls"] = _services.AbsoluteUri,
            ["Kestrel:Endpoints:Public:Url"] = $"http://127.0.0.1:{FreePorts.One()}",
            ["Kestrel:Endpoints:Services:Url"] = _services.AbsoluteUri,
            ["Edge:CertificateFile"] = _edge.CertificateFile,
            ["Edge:CertificateKeyFile"] = _edge.KeyFile,
        });
        await _api.HasKeysAsync(Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _api.DisposeAsync();
        _edge.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task By_its_certificate_it_gets_a_token_that_is_good_on_connections_with_that_certificate_alone()
    {
        using var certificate = NewCertificate("nightly");
        Assert.Equal(0, await RegisterAsync("nightly", certificate));
        using var own = Showing(certificate);
        var answer = await TokenAsync(own, "nightly");
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Ct));
        var token = new JsonWebToken((await answer.JsonAsync()).GetProperty("access_token").GetString());
        Assert.Equal(("nightly", Tenant, "Service"), (token.Subject, token.GetClaim("tenant").Value, token.GetClaim("roles").Value));
        Assert.InRange((token.ValidTo - token.IssuedAt).TotalSeconds, 299, 301);
        Assert.Contains(Convert.ToBase64String(certificate.GetCertHash(HashAlgorithmName.SHA256)).TrimEnd('=').Replace('+', '-').Replace('/', '_'), token.GetClaim("cnf").Value);

        Assert.Equal(HttpStatusCode.OK, await UseAsync(own, _services, token.EncodedToken));
        using var thief = NewCertificate("nightly");
        using var stolen = Showing(thief);
        Assert.Equal(HttpStatusCode.Unauthorized, await UseAsync(stolen, _services, token.EncodedToken));
        Assert.Equal(HttpStatusCode.Unauthorized, await UseAsync(_api.Client, _api.Client.BaseAddress!, token.EncodedToken));
        Assert.Equal(HttpStatusCode.OK, await UseAsync(own, _services, token.EncodedToken)); // what was tried in between changed nothing
    }

    [Fact]
    public async Task Another_certificate_another_client_and_another_tenant_get_none()
    {
        using var certificate = NewCertificate("payroll-mtls");
        using var other = NewCertificate("payroll-mtls"); // of the same name, by somebody else
        using var neighbour = NewCertificate("neighbour-mtls");
        Assert.Equal((0, 0), (await RegisterAsync("payroll-mtls", certificate), await RegisterAsync("neighbour-mtls", neighbour)));
        using var own = Showing(certificate);
        Assert.Equal("invalid_client", await ErrorAsync(await TokenAsync(own, "neighbour-mtls")));
        Assert.Equal("invalid_grant", await ErrorAsync(await TokenAsync(own, "payroll-mtls", tenant: "mutual-tls-elsewhere")));
        using var stranger = Showing(other);
        Assert.Equal("invalid_client", await ErrorAsync(await TokenAsync(stranger, "payroll-mtls")));
        Assert.Equal("invalid_request", await ErrorAsync(await TokenAsync(_api.Client, "payroll-mtls", _api.Client.BaseAddress))); // where none is asked for, an id alone is nothing
    }

    [Fact]
    public async Task One_that_has_ended_is_refused()
    {
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = NewCertificate("ended-mtls", now.AddDays(-2), now.AddDays(-1));
        Assert.Equal(0, await RegisterAsync("ended-mtls", certificate));
        using var ended = Showing(certificate);
        Assert.Equal("invalid_client", await ErrorAsync(await TokenAsync(ended, "ended-mtls")));
    }

    [Fact]
    public async Task Without_a_certificate_there_is_no_connection()
    {
        using var none = Showing(null);
        await Assert.ThrowsAsync<HttpRequestException>(() => TokenAsync(none, "payroll-mtls"));
    }

    [Fact]
    public async Task Discovery_says_where_and_what_is_no_certificate_for_it_is_not_registered()
    {
        var metadata = await (await _api.Client.GetAsync("/.well-known/openid-configuration", Ct)).JsonAsync();
        Assert.Contains("self_signed_tls_client_auth", metadata.GetProperty("token_endpoint_auth_methods_supported").EnumerateArray().Select(method => method.GetString()));
        Assert.Equal(new Uri(_services, "/connect/token").AbsoluteUri, metadata.GetProperty("mtls_endpoint_aliases").GetProperty("token_endpoint").GetString());
        Assert.True(metadata.GetProperty("tls_client_certificate_bound_access_tokens").GetBoolean());
        var elsewhere = await (await grid.Api.Client.GetAsync("/.well-known/openid-configuration", Ct)).JsonAsync();
        Assert.False(elsewhere.TryGetProperty("mtls_endpoint_aliases", out _)); // not configured, not offered

        using var issued = X509CertificateLoader.LoadCertificateFromFile(_edge.CertificateFile);
        Assert.Equal(2, await RegisterAsync("issued-mtls", issued));
        using var unfit = NewCertificate("unfit-mtls", usage: "1.3.6.1.5.5.7.3.1"); // for servers
        Assert.Equal(2, await RegisterAsync("unfit-mtls", unfit));
    }

    private static X509Certificate2 NewCertificate(string name, DateTimeOffset? from = null, DateTimeOffset? until = null, string usage = "1.3.6.1.5.5.7.3.2")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new(usage)], critical: false));
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(from ?? now.AddHours(-1), until ?? now.AddHours(1));
    }

    /// <returns>The command's exit code.</returns>
    private async Task<int> RegisterAsync(string id, X509Certificate2 certificate)
    {
        var file = Path.Combine(_folder.FullName, id + ".pem");
        await File.WriteAllTextAsync(file, certificate.ExportCertificatePem(), Ct);
        using var output = new StringWriter();
        using var error = new StringWriter();
        string[] options = [.. grid.Settings().Select(setting => $"--{setting.Key}={setting.Value}"), "--environment=Development"];
        return await ClientsCommand.RunAsync(["add-service", "--id", id, "--certificate", file, "--tenants", Tenant], output, error, options);
    }

    private HttpClient Showing(X509Certificate2? certificate)
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { X509CertificateLoader.LoadCertificateFromFile(_edge.AuthorityFile) },
            RevocationMode = X509RevocationMode.NoCheck,
        };
        if (certificate is not null) handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate; // also one that has ended
        return new(handler);
    }

    private async Task<HttpResponseMessage> TokenAsync(HttpClient http, string client, Uri? at = null, string tenant = Tenant)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["tenant"] = tenant, ["client_id"] = client });
        return await http.PostAsync(new Uri(at ?? _services, "/connect/token"), form, Ct);
    }

    private static async Task<HttpStatusCode> UseAsync(HttpClient http, Uri at, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(at, "/api/employees?limit=1"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await http.SendAsync(request, Ct);
        return answer.StatusCode;
    }

    private static async Task<string> ErrorAsync(HttpResponseMessage answer) => (await answer.JsonAsync()).GetProperty("error").GetString()!;
}
