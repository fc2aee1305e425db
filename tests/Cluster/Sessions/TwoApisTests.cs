using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using ComplianceGrid.Cluster.Clients;
using ComplianceGrid.Cluster.Processes;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Cluster.Sessions;

/// <summary>What one Api process knows of a session or a locked name, every other one goes by, even one that was away meanwhile.</summary>
public sealed partial class TwoApisTests(GridProcesses grid, ITestOutputHelper output) : IClassFixture<SharedSecondApi>, IDisposable
{
    private static readonly TimeSpan Frozen = TimeSpan.FromSeconds(5), Soon = TimeSpan.FromSeconds(1);

    private readonly HttpClient _http = new();

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task A_process_that_was_frozen_while_a_session_ended_refuses_it_in_its_first_answer()
    {
        var ct = TestContext.Current.CancellationToken;
        using var member = await ApiClient.JoinAsync(_http, grid, "frozen", ct, "Supervisor");
        var token = await member.TokenAsync(ct);
        foreach (var api in new[] { grid.Api, grid.SecondApi }) Assert.Equal(HttpStatusCode.OK, await AskAsync(api, token, ct));

        Task<HttpStatusCode> first;
        await grid.FreezeAsync(GridProcesses.SecondApiService);
        try
        {
            first = AskAsync(grid.SecondApi, token, ct); // it lies in the socket: the first thing that the process sees
            Assert.Equal(HttpStatusCode.NoContent, await EndAsync(grid.Api, token, ct));
            await Task.Delay(Frozen, TimeProvider.System, ct);
            Assert.False(first.IsCompleted);
        }
        finally
        {
            await grid.SendOnAsync(GridProcesses.SecondApiService);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await first);
    }

    [Fact]
    public async Task A_session_that_ended_is_refused_by_every_process_within_a_second()
    {
        var ct = TestContext.Current.CancellationToken;
        using var member = await ApiClient.JoinAsync(_http, grid, "ended", ct, "Supervisor");
        var token = await member.TokenAsync(ct);
        foreach (var api in new[] { grid.Api, grid.SecondApi }) Assert.Equal(HttpStatusCode.OK, await AskAsync(api, token, ct));

        // Sent on good grounds later than a second after the end, however slow the machine: it must be refused.
        Assert.Equal(HttpStatusCode.NoContent, await EndAsync(grid.Api, token, ct));
        var ended = TimeProvider.System.GetTimestamp();
        await Eventually.TrueAsync(() => TimeProvider.System.GetElapsedTime(ended) > Soon, "a second has gone", ct);
        foreach (var api in new[] { grid.Api, grid.SecondApi }) Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(api, token, ct));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Of_200_guesses_at_once_over_both_three_are_looked_at(bool isKnown)
    {
        var ct = TestContext.Current.CancellationToken;
        var email = string.Create(CultureInfo.InvariantCulture, $"guessed-{isKnown}@guesses.example");
        if (isKnown) await grid.RunAsync("accounts", "add", "--email", email, "--tenant", "guesses", "--roles", "Supervisor");
        var before = await HashesAsync(ct);
        // From as many addresses as make no difference: of one alone the hundredth failure would be the last.
        var guessers = Enumerable.Range(0, 10).Select(n => From(new IPAddress([127, 1, isKnown ? (byte)1 : (byte)2, (byte)n]))).ToArray();
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(async n =>
        {
            using var answer = await guessers[n % guessers.Length].PostAsJsonAsync(new Uri(n % 2 == 0 ? grid.Api : grid.SecondApi, "/api/auth/login"), new { email, password = $"guess number {n}" }, ct);
            return answer.StatusCode;
        }));
        foreach (var guesser in guessers) guesser.Dispose();
        output.WriteLine(string.Join(", ", answers.CountBy(status => status).Select(status => $"{(int)status.Key}: {status.Value}")));
        Assert.Equal(200, answers.Count(status => status is HttpStatusCode.Unauthorized or HttpStatusCode.TooManyRequests));
        Assert.InRange(answers.Count(status => status == HttpStatusCode.Unauthorized), 0, 2); // that it is wrong; or that the name is locked by now
        Assert.Equal(3, await HashesAsync(ct) - before);
        foreach (var api in new[] { grid.Api, grid.SecondApi })
        {
            using var answer = await _http.PostAsJsonAsync(new Uri(api, "/api/auth/login"), new { email, password = "one more" }, ct);
            Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
            Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromMinutes(25), TimeSpan.FromMinutes(30));
        }
    }

    /// <summary>Calls from this address of the machine's own.</summary>
    private static HttpClient From(IPAddress address) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (context, ct) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Bind(new IPEndPoint(address, 0));
            await socket.ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        },
    });

    /// <summary>Passwords that both processes have looked at since they started.</summary>
    private async Task<int> HashesAsync(CancellationToken ct)
    {
        var metrics = await Task.WhenAll(new[] { grid.Api, grid.SecondApi }.Select(api => _http.GetStringAsync(new Uri(api, "/metrics"), ct)));
        return metrics.SelectMany(text => HashCount().Matches(text)).Sum(match => int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@"^grid_passwords_hash\w*_count\S* (\d+)", RegexOptions.Multiline)]
    private static partial Regex HashCount();

    private async Task<HttpStatusCode> AskAsync(Uri api, string token, CancellationToken ct) => await SendAsync(HttpMethod.Get, new(api, "/api/auth/session"), token, ct);

    private async Task<HttpStatusCode> EndAsync(Uri api, string token, CancellationToken ct) => await SendAsync(HttpMethod.Post, new(api, "/api/auth/logout"), token, ct);

    private async Task<HttpStatusCode> SendAsync(HttpMethod method, Uri address, string token, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, address) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        using var answer = await _http.SendAsync(request, ct);
        return answer.StatusCode;
    }
}
