using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ComplianceGrid.Cluster.Processes;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Cluster.GracefulStop;

/// <summary>Lanes that post one body after the other to a host while it is asked to stop, and one request that is half sent at that moment.</summary>
/// <param name="good">The status by which a body is acknowledged.</param>
/// <param name="bodyOf">A body by its id.</param>
/// <param name="requestOf">The request that carries a body.</param>
internal sealed class StopUnderLoad(OwnHost host, HttpClient http, HttpStatusCode good, Func<string, string> bodyOf, Func<string, HttpContent, HttpRequestMessage> requestOf)
{
    /// <summary>How long a host may take to stop.</summary>
    public static readonly TimeSpan Within = TimeSpan.FromSeconds(30);

    private const int Lanes = 8, Warm = 40;
    private readonly ConcurrentQueue<string> _acknowledged = [];

    /// <returns>The ids of what was acknowledged. A request that the host had begun and did not answer so fails here.</returns>
    public async Task<IReadOnlyCollection<string>> RunAsync(CancellationToken ct)
    {
        var lanes = Task.WhenAll(Enumerable.Range(0, Lanes).Select(lane => RunLaneAsync(lane, ct)));
        await Eventually.TrueAsync(() => _acknowledged.Count >= Warm || lanes.IsCompleted, "the load is under way", ct);
        var body = bodyOf("held");
        using var held = new HeldContent(Encoding.UTF8.GetBytes(body));
        var answer = PostAsync("held", body, held, ct);
        await held.Begun.WaitAsync(ct);
        var asked = Stopwatch.GetTimestamp();
        host.AskToStop();
        await Eventually.TrueAsync(() => IsDeafAsync(ct), "it takes no new connection", ct);
        held.LetGo();
        await answer;
        Assert.Equal(0, await host.EndsAsync(Within - Stopwatch.GetElapsedTime(asked), ct));
        await lanes;
        return _acknowledged;
    }

    private async Task RunLaneAsync(int lane, CancellationToken ct)
    {
        try
        {
            for (var n = 0; ; n++)
            {
                var id = $"{lane}-{n}";
                var body = bodyOf(id);
                using var content = new StringContent(body, Encoding.UTF8, "application/json");
                await PostAsync(id, body, content, ct);
            }
        }
        catch (HttpRequestException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused or SocketError.ConnectionReset }) // in connecting
        {
            // Nobody listens any more: the host had not begun this one.
        }
    }

    // The body leaves when the host has begun to read it. Until then a connection that is closed is no answer that is missing.
    private async Task PostAsync(string id, string body, HttpContent content, CancellationToken ct)
    {
        using var request = requestOf(body, content);
        request.Headers.ExpectContinue = true;
        using var response = await http.SendAsync(request, ct);
        Assert.True(response.StatusCode == good, $"{id}: {response.StatusCode} {await response.Content.ReadAsStringAsync(ct)}");
        _acknowledged.Enqueue(id);
    }

    private async Task<bool> IsDeafAsync(CancellationToken ct)
    {
        using var socket = new TcpClient();
        try
        {
            await socket.ConnectAsync(http.BaseAddress!.Host, http.BaseAddress.Port, ct);
            return false;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.ConnectionReset)
        {
            return e.SocketErrorCode == SocketError.ConnectionRefused; // the other came as it was closing
        }
    }
}
