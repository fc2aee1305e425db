using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ComplianceGrid.TestKit;
using ComplianceGrid.TestKit.People;

namespace ComplianceGrid.Cluster.Clients;

/// <summary>The front door by HTTP, in one tenant's name. Asks again while it answers 429 or 503, or is away, or somebody else was faster.</summary>
internal sealed class ApiClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly SignedIn _caller;

    private ApiClient(LocalGrid grid, SignedIn caller) => (_http, _caller) = (new(caller) { BaseAddress = grid.Api }, caller);

    public HttpClient Http => _http;

    /// <summary>A token that is good for two minutes or more.</summary>
    public Task<string> TokenAsync(CancellationToken ct) => _caller.TokenAsync(ct);

    /// <summary>Somebody new in the tenant, with these roles, signed in by a passkey for as long as this is used.</summary>
    public static async Task<ApiClient> LogInAsync(LocalGrid grid, string tenant, CancellationToken ct, params string[] roles)
    {
        var http = new HttpClient();
        var member = await JoinAsync(http, grid, tenant, ct, roles);
        await member.TokenAsync(ct);
        return new(grid, new(member, http));
    }

    /// <summary>Somebody new in the tenant, with these roles.</summary>
    public static async Task<Member> JoinAsync(HttpClient http, LocalGrid grid, string tenant, CancellationToken ct, params string[] roles)
    {
        var email = NewEmail(tenant);
        var printed = await grid.RunAsync("accounts", "add", "--email", email, "--tenant", tenant, "--roles", string.Join(',', roles));
        return await Member.JoinAsync(http, grid.Api, email, printed, ct);
    }

    /// <summary>Many at once, as an operator lets in a company: by a file.</summary>
    /// <returns>As given.</returns>
    public static async Task<Member[]> JoinAllAsync(HttpClient http, LocalGrid grid, IReadOnlyList<(string Tenant, string Roles)> people, CancellationToken ct)
    {
        (string Email, string Tenant, string Roles)[] members = [.. people.Select(person => (NewEmail(person.Tenant), person.Tenant, person.Roles))];
        var file = Path.Combine(grid.State, $"{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):N}.csv");
        await File.WriteAllLinesAsync(file, ["email,tenant,roles", .. members.Select(member => $"{member.Email},{member.Tenant},\"{member.Roles}\"")], ct);
        var printed = await grid.RunAsync("accounts", "add", "--file", file);
        var secrets = printed.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(line => line.Split(',')).ToDictionary(line => line[0], line => line[^1]);
        var joined = new Member[members.Length];
        var few = new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = ct }; // more passwords at once than are hashed or wait are answered 503
        await Parallel.ForAsync(0, members.Length, few, async (n, token) => joined[n] = await Member.JoinAsync(http, grid.Api, members[n].Email, secrets[members[n].Email], token));
        return joined;
    }

    private static string NewEmail(string tenant) => $"{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):N}@{tenant}.example";

    /// <summary>A token of a new service for the tenant, good for five minutes.</summary>
    public static async Task<string> ServiceTokenAsync(LocalGrid grid, string tenant, CancellationToken ct)
    {
        var id = $"service-{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):N}";
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var file = Path.Combine(grid.State, "keys", id + ".pub.pem");
        await File.WriteAllTextAsync(file, key.ExportSubjectPublicKeyInfoPem(), ct);
        await grid.RunAsync("clients", "add-service", "--id", id, "--public-key", file, "--tenants", tenant);
        using var http = new HttpClient();
        return await new ServiceCaller(http, grid.Api, grid.Configured("api", "Authentication", "Issuer"), id, key).TokenAsync(tenant, ct);
    }

    public async Task PublishFirstPolicyAsync(string policy, CancellationToken ct)
    {
        using var pause = new PeriodicTimer(TimeSpan.FromSeconds(1));
        for (var isUnknown = false; ; isUnknown = true) // whether the last was published and the answer late
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, "/api/policies") { Content = new StringContent(policy, Encoding.UTF8, "application/json") };
            request.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Any);
            using var response = await _http.SendAsync(request, ct);
            if (response.StatusCode == HttpStatusCode.Created || (isUnknown && response.StatusCode == HttpStatusCode.PreconditionFailed)) return;
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            await pause.WaitForNextTickAsync(ct);
        }
    }

    public async Task<JsonDocument> ReadAsync(HttpMethod method, string path, object? body, CancellationToken ct, EntityTagHeaderValue? ifMatch = null)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Eventually.Patience);
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (true)
        {
            try
            {
                using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
                if (ifMatch is not null) request.Headers.IfMatch.Add(ifMatch);
                using var response = await _http.SendAsync(request, patience.Token);
                if (response.IsSuccessStatusCode) return JsonDocument.Parse(await response.Content.ReadAsStringAsync(patience.Token));
                if (response.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable or HttpStatusCode.PreconditionFailed))
                    throw new InvalidOperationException($"{method} {path} answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(ct)}");
            }
            catch (HttpRequestException e) when (e.StatusCode is null)
            {
                // the process was away; asked again below, until patience ends
            }

            await pause.WaitForNextTickAsync(patience.Token);
        }
    }

    public void Dispose() => _http.Dispose(); // and who calls by it

    /// <summary>Adds to each request a token that is good at the time.</summary>
    /// <param name="http">By which the member signs in.</param>
    private sealed class SignedIn(Member member, HttpClient http) : DelegatingHandler(new SocketsHttpHandler())
    {
        public Task<string> TokenAsync(CancellationToken ct) => member.TokenAsync(ct);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Authorization = new("Bearer", await member.TokenAsync(cancellationToken));
            return await base.SendAsync(request, cancellationToken);
        }

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            if (!disposing) return;
            member.Dispose();
            http.Dispose();
        }
    }
}
