using System.Net;
using System.Net.Sockets;
using System.Text;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Cluster.Wire;

/// <summary>Who speaks to a wire without TLS.</summary>
internal static class ClearText
{

    /// <summary>It gets no answer, but for a TLS alert at most.</summary>
    public static async Task AssertHungUpOnAsync(int port, string request, CancellationToken ct)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, port, ct);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), ct);
        using var answer = new MemoryStream();
        try
        {
            await socket.GetStream().CopyToAsync(answer, ct).WaitAsync(Eventually.Patience, ct);
        }
        catch (IOException)
        {
            // reset instead of closed: hung up on as well
        }

        Assert.InRange(answer.Length, 0, 16);
    }
}
