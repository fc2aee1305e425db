using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace ComplianceGrid.Storage.Tests;

/// <summary>Stands between client and PostgreSQL; lets the first COMMIT through, and cuts the wire before its answer.</summary>
internal sealed class CommitThief : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly NpgsqlConnectionStringBuilder _target;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private int _stolen;

    public CommitThief(string connectionString)
    {
        _target = new(connectionString);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public bool HasStolen => Volatile.Read(ref _stolen) == 1;

    public string ConnectionString => new NpgsqlConnectionStringBuilder(_target.ConnectionString)
    {
        Host = "127.0.0.1",
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port,
        SslMode = SslMode.Disable,
    }.ConnectionString;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptSocketAsync(_stop.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // stopped
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var server = await ConnectAsync();
        using var _ = client;
        var theft = new Theft();
        await Task.WhenAny(ToServerAsync(client, server, theft), ToClientAsync(server, client, theft));
    }

    private async Task ToServerAsync(Socket client, Socket server, Theft theft)
    {
        var buffer = new byte[1 << 16];
        while (await client.ReceiveAsync(buffer, _stop.Token) is > 0 and var size)
        {
            if (buffer.AsSpan(0, size).IndexOf("COMMIT\0"u8) >= 0 && Interlocked.Exchange(ref _stolen, 1) == 0) theft.Armed = true;
            await server.SendAsync(buffer.AsMemory(0, size), _stop.Token);
        }
    }

    private async Task ToClientAsync(Socket server, Socket client, Theft theft)
    {
        var buffer = new byte[1 << 16];
        while (await server.ReceiveAsync(buffer, _stop.Token) is > 0 and var size)
        {
            if (theft.Armed && buffer.AsSpan(0, size).IndexOf("COMMIT\0"u8) >= 0) return; // CommandComplete: it stands
            if (!theft.Armed) await client.SendAsync(buffer.AsMemory(0, size), _stop.Token);
        }
    }

    private async Task<Socket> ConnectAsync()
    {
        var unix = _target.Host!.StartsWith('/');
        var socket = unix
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp);
        if (unix) await socket.ConnectAsync(new UnixDomainSocketEndPoint($"{_target.Host}/.s.PGSQL.{_target.Port}"), _stop.Token);
        else await socket.ConnectAsync(_target.Host!, _target.Port, _stop.Token);
        return socket;
    }

    private sealed class Theft
    {
        public volatile bool Armed;
    }
}
