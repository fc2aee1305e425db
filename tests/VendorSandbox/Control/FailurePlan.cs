using System.Collections.Concurrent;
using ComplianceGrid.VendorSandbox.Checkr;

namespace ComplianceGrid.VendorSandbox.Control;

/// <summary>What the next calls of the vendor's API answer instead of what they should.</summary>
internal sealed class FailurePlan
{
    private readonly ConcurrentQueue<string> _next = new();

    /// <param name="mode">A status code, or <c>timeout</c>: no answer until the caller gives up.</param>
    public void Add(int count, string mode)
    {
        for (var i = 0; i < count; i++) _next.Enqueue(mode);
    }

    public void Clear() => _next.Clear();

    public async ValueTask<IResult?> NextAsync(HttpContext http)
    {
        if (!_next.TryDequeue(out var mode)) return null;
        if (int.TryParse(mode, out var status)) return CheckrEndpoints.Error(status, "as planned");
        await Task.Delay(Timeout.InfiniteTimeSpan, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return TypedResults.Empty;
    }
}
