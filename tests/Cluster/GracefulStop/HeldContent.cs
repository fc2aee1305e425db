using System.Net;

namespace ComplianceGrid.Cluster.GracefulStop;

/// <summary>
/// A body whose second half is held back until it is let go. Sent with <c>Expect: 100-continue</c> its first byte leaves when the server has begun to read:
/// from then on the request is in flight.
/// </summary>
internal sealed class HeldContent : HttpContent
{
    private readonly byte[] _body;
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously), _go = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public HeldContent(byte[] body)
    {
        _body = body;
        Headers.ContentType = new("application/json");
    }

    public Task Begun => _begun.Task;

    public void LetGo() => _go.SetResult();

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        var half = _body.Length / 2;
        await stream.WriteAsync(_body.AsMemory(..half));
        await stream.FlushAsync();
        _begun.SetResult();
        await _go.Task;
        await stream.WriteAsync(_body.AsMemory(half..));
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        return true;
    }
}
