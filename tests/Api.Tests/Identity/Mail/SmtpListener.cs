using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using ComplianceGrid.TestKit;
using MimeKit;
using SmtpServer;
using SmtpServer.Protocol;
using SmtpServer.Storage;

namespace ComplianceGrid.Api.Tests.Identity.Mail;

/// <summary>A real SMTP server in this process, which keeps what it is sent.</summary>
internal sealed class SmtpListener : IAsyncDisposable
{
    private readonly Store _store = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private readonly int _port = FreePorts.One();

    public SmtpListener()
    {
        var services = new SmtpServer.ComponentModel.ServiceProvider();
        services.Add(_store);
        _running = new SmtpServer.SmtpServer(new SmtpServerOptionsBuilder().ServerName("localhost")
            .Endpoint(endpoint => endpoint.Endpoint(new IPEndPoint(IPAddress.Loopback, _port))).Build(), services).StartAsync(_stop.Token);
    }

    /// <summary>What makes a host send by it.</summary>
    public Dictionary<string, string?> Settings => new() { ["Mail:Host"] = "127.0.0.1", ["Mail:Port"] = $"{_port}", ["Mail:From"] = "grid@example.com", ["Mail:Security"] = "None" };

    public int Count => _store.Received.Count;

    /// <summary>The only message that came.</summary>
    public Task<MimeMessage> OnlyAsync(CancellationToken ct) => MimeMessage.LoadAsync(new MemoryStream(Assert.Single(_store.Received)), ct);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _stop.Dispose();
    }

    private sealed class Store : MessageStore
    {
        public ConcurrentQueue<byte[]> Received { get; } = [];

        public override Task<SmtpResponse> SaveAsync(ISessionContext context, IMessageTransaction transaction, ReadOnlySequence<byte> buffer, CancellationToken cancellationToken)
        {
            Received.Enqueue(buffer.ToArray());
            return Task.FromResult(SmtpResponse.Ok);
        }
    }
}
