using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace ComplianceGrid.Benchmarks.Load;

/// <summary>One keep-alive HTTP/1.1 connection on a plain socket: a client must not take the cores that the server is measured on.</summary>
internal sealed class HttpConnection(Uri server) : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] _buffer = new byte[16 << 10];
    private int _filled;

    /// <summary>Sends a whole request and reads the whole answer.</summary>
    /// <returns>The answer's status code.</returns>
    public async Task<int> SendAsync(ReadOnlyMemory<byte> request, CancellationToken ct)
    {
        if (!_socket.Connected) await _socket.ConnectAsync(server.Host, server.Port, ct);
        for (var sent = 0; sent < request.Length;) sent += await _socket.SendAsync(request[sent..], ct);
        _filled = 0;
        int? end;
        while ((end = End(_buffer.AsSpan(0, _filled))) is null || _filled < end)
        {
            if (_filled == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
            var read = await _socket.ReceiveAsync(_buffer.AsMemory(_filled), ct);
            if (read == 0) throw new IOException("The server closed the connection.");
            _filled += read;
        }

        return int.Parse(_buffer.AsSpan(9, 3), CultureInfo.InvariantCulture);
    }

    /// <summary>The last answer, headers and all.</summary>
    public ReadOnlySpan<byte> Answer => _buffer.AsSpan(0, _filled);

    public static byte[] Get(Uri server, string path, string token) =>
        Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {server.Authority}\r\nAuthorization: Bearer {token}\r\n\r\n");

    public void Dispose() => _socket.Dispose();

    /// <summary>Where the answer ends, once that is known. Servers here end a body by its length or by the empty chunk.</summary>
    private static int? End(ReadOnlySpan<byte> answer)
    {
        var body = answer.IndexOf("\r\n\r\n"u8) + 4;
        if (body < 4) return null;
        var at = answer[..body].IndexOf("Content-Length: "u8);
        if (at < 0) return answer.EndsWith("\r\n0\r\n\r\n"u8) ? answer.Length : null;
        var digits = answer[(at + 16)..body];
        return body + int.Parse(digits[..digits.IndexOf((byte)'\r')], CultureInfo.InvariantCulture);
    }
}
