using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Cluster.Auditing.Outage;

/// <summary>
/// Lanes side by side. One whose request got no response waits until the host is ready again, as a load balancer makes its clients do.
/// </summary>
internal sealed class Load(Uri api, string agent)
{
    private readonly ConcurrentQueue<Sent> _sent = new();
    private readonly CancellationTokenSource _stop = new();
    private long _entries;
    private Task _running = Task.CompletedTask;

    public IReadOnlyCollection<Sent> Sent => _sent;

    /// <summary>Entries of all requests that were answered so far.</summary>
    public long Entries => Volatile.Read(ref _entries);

    public void Start(IEnumerable<Lane> lanes, CancellationToken ct) => _running = Task.WhenAll(lanes.Select(lane => Task.Run(() => RunAsync(lane, ct), ct)));

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    private async Task RunAsync(Lane lane, CancellationToken ct)
    {
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 1, ConnectCallback = ConnectAsync }) { BaseAddress = api, Timeout = Eventually.Patience };
        using var pace = new PeriodicTimer(lane.Every);
        for (var n = 0; !_stop.IsCancellationRequested; n++)
        {
            var sent = await SendAsync(http, lane, n, ct);
            _sent.Enqueue(sent);
            if (sent.Status is null) await UntilReadyAsync(http, ct);
            else if (sent.Status == lane.Answer) Interlocked.Add(ref _entries, lane.Entries);
            await pace.WaitForNextTickAsync(ct);
        }
    }

    /// <summary>From an address of our own, so that the refusals that are counted by source are nobody else's.</summary>
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.77"), 0));
            await socket.ConnectAsync(context.DnsEndPoint, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<Sent> SendAsync(HttpClient http, Lane lane, int n, CancellationToken ct)
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        using var request = lane.Next(n);
        request.Headers.Add("traceparent", $"00-{id}-{id[..16]}-00");
        request.Headers.UserAgent.ParseAdd(agent);
        var at = TimeProvider.System.GetTimestamp();
        try
        {
            if (lane.Caller is not null) request.Headers.Authorization = new("Bearer", await lane.Caller.TokenAsync(ct)); // asks the Api when the last gets old
            at = TimeProvider.System.GetTimestamp();
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseContentRead, ct);
            return new(lane, id, at, TimeProvider.System.GetElapsedTime(at), response.StatusCode);
        }
        catch (HttpRequestException)
        {
            return new(lane, id, at, TimeProvider.System.GetElapsedTime(at), null);
        }
    }

    private static async Task UntilReadyAsync(HttpClient http, CancellationToken ct)
    {
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (true)
        {
            await pause.WaitForNextTickAsync(ct);
            try
            {
                using var ready = await http.GetAsync("/health/ready", ct);
                if (ready.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // not yet
            }
        }
    }
}
