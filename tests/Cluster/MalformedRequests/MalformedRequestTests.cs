using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using ComplianceGrid.Cluster.Clients;
using ComplianceGrid.Cluster.Processes;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Cluster.MalformedRequests;

/// <summary>20,000 requests that no honest client sends, over every operation of both hosts' documents.</summary>
public sealed class MalformedRequestTests(GridProcesses grid, ITestOutputHelper output)
{
    private const int Requests = 20_000, AtOnce = 16;

    [Fact]
    public async Task Bad_input_is_never_a_fault_of_ours()
    {
        var ct = TestContext.Current.CancellationToken;
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        // More tokens than one, so that most requests get past the limit of requests per token; people's, but for what services alone may do.
        using var http = new HttpClient();
        var tokens = await TokensAsync(http, [.. Enumerable.Range(0, 6).Select(n => ($"fuzz{n}", "TenantAdmin,ComplianceManager,Auditor"))], ct);
        var service = await ApiClient.ServiceTokenAsync(grid, "fuzz0", ct);

        var operations = Operation.Of(grid.Api, Path.Combine(Repository.Root, "docs", "api", "api.json"))
            .Concat(Operation.Of(grid.Gateway, Path.Combine(Repository.Root, "docs", "api", "gateway.json"))).ToArray();
        Assert.NotEmpty(operations);
        var malformer = new Malformer(seed);
        var queue = new ConcurrentQueue<HttpRequestMessage>(
            Enumerable.Range(0, Requests).Select(n => malformer.Next(operations[n % operations.Length], operations[n % operations.Length].Path.StartsWith("/audit/log", StringComparison.Ordinal) ? service : tokens[n % tokens.Length])));
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler()); // which sends a message again
        var (answers, bad) = (new ConcurrentDictionary<HttpStatusCode, int>(), new ConcurrentBag<string>());
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
        {
            while (queue.TryDequeue(out var request))
            {
                using (request)
                {
                    var (status, body) = await SendAsync(invoker, request, ct);
                    answers.AddOrUpdate(status, 1, (_, n) => n + 1);
                    if (status is 0 or >= HttpStatusCode.InternalServerError || body.Contains("   at ", StringComparison.Ordinal) || body.Contains("Exception", StringComparison.Ordinal))
                        bad.Add(string.Create(CultureInfo.InvariantCulture, $"{request.Method} {request.RequestUri} {request.Content?.Headers}: {(int)status} {body}"));
                }
            }
        }));

        output.WriteLine(string.Join(", ", answers.OrderBy(a => a.Key).Select(a => $"{(int)a.Key}: {a.Value}")));
        foreach (var request in bad) output.WriteLine(request);
        Assert.Empty(bad);
        Assert.True(answers.GetValueOrDefault(HttpStatusCode.TooManyRequests) < Requests / 2, "Most requests must get past the rate limit.");
        foreach (var host in new[] { grid.Api, grid.Gateway })
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri(host, "/health/ready"), ct)).StatusCode);
    }

    private async Task<string[]> TokensAsync(HttpClient http, IReadOnlyList<(string Tenant, string Roles)> people, CancellationToken ct)
    {
        var members = await ApiClient.JoinAllAsync(http, grid, people, ct);
        var tokens = await Task.WhenAll(members.Select(member => member.TokenAsync(ct)));
        foreach (var member in members) member.Dispose();
        return tokens;
    }

    /// <summary>0: the connection was closed without an answer. Who is told to try again does: what bad input brings about, it brings about again.</summary>
    private static async Task<(HttpStatusCode Status, string Body)> SendAsync(HttpMessageInvoker http, HttpRequestMessage request, CancellationToken ct)
    {
        try
        {
            for (var tries = 1; ; tries++)
            {
                using var response = await http.SendAsync(request, ct);
                if (response.StatusCode != HttpStatusCode.ServiceUnavailable || tries == 5) return (response.StatusCode, await response.Content.ReadAsStringAsync(ct));
                await Task.Delay(TimeSpan.FromSeconds(tries), TimeProvider.System, ct);
            }
        }
        catch (HttpRequestException e)
        {
            return (0, e.ToString());
        }
    }
}
