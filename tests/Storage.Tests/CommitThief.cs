using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace ComplianceGrid.Storage.Tests;

/// <summary>What is stolen of the first COMMIT.</summary>
public enum Theft
{
    /// <summary>It is let through, and the wire cut before its answer: the transaction stands.</summary>
    Answer,
    /// <summary>It never arrives: the transaction does not stand.</summary>
    Commit,
}

/// <summary>Stands between client and PostgreSQL, and steals the first COMMIT or its answer.</summary>
internal sealed class CommitThief : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly NpgsqlConnectionStringBuilder _target;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private readonly Theft _theft;
    private int _stolen;

    public CommitThief(string connectionString, Theft theft = Theft.Answer)
    {
        _theft = theft;
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
        var theft = new Trap();
        await Task.WhenAny(ToServerAsync(client, server, theft), ToClientAsync(server, client, theft));
    }

    private async Task ToServerAsync(Socket client, Socket server, Trap theft)
    {
        var buffer = new byte[1 << 16];
        while (await client.ReceiveAsync(buffer, _stop.Token) is > 0 and var size)
        {
            if (buffer.AsSpan(0, size).IndexOf("COMMIT\0"u8) >= 0 && Interlocked.Exchange(ref _stolen, 1) == 0)
            {
                if (_theft == Theft.Commit) return;
                theft.Armed = true;
            }

            await server.SendAsync(buffer.AsMemory(0, size), _stop.Token);
        }
    }

    private async Task ToClientAsync(Socket server, Socket client, Trap theft)
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

    private sealed class Trap
    {
        public volatile bool Armed;
    }
}
