using System.Collections.Concurrent;

namespace ComplianceGrid.Benchmarks.Load;

/// <summary>As many connections as there are calls under way.</summary>
internal sealed class HttpPool(Uri server) : IDisposable
{
    private readonly ConcurrentBag<HttpConnection> _idle = [];

    /// <returns>The status code, and whether the answer contains the text, if one is given.</returns>
    public async Task<(int Status, bool Contains)> SendAsync(ReadOnlyMemory<byte> request, CancellationToken ct, ReadOnlyMemory<byte> text = default)
    {
        if (!_idle.TryTake(out var connection)) connection = new(server);
        var status = await connection.SendAsync(request, ct);
        var contains = connection.Answer.IndexOf(text.Span) >= 0;
        _idle.Add(connection);
        return (status, contains);
    }

    public void Dispose()
    {
        foreach (var connection in _idle) connection.Dispose();
    }
}
