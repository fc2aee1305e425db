using System.IO.Pipelines;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Features;

namespace ComplianceGrid.ServiceDefaults.Http;

internal static class BodiesAtShutdown
{
    /// <summary>
    /// A request whose body is under way when the host is told to stop is read to its end. Kestrel then cancels every connection's pending read, so that idle
    /// ones notice; what reads JSON from the body's pipe takes that for the reader's own wish and gives the request up.
    /// </summary>
    public static void UseBodiesAtShutdown(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true } && context.Features.Get<IRequestBodyPipeFeature>() is { } body)
            context.Features.Set<IRequestBodyPipeFeature>(new PersistentBody(body));
        return next(context);
    });

    private sealed class PersistentBody(IRequestBodyPipeFeature body) : IRequestBodyPipeFeature
    {
        private PersistentReader? _reader;

        public PipeReader Reader => _reader ??= new(body.Reader);
    }

    /// <summary>Nobody here cancels a read but by its token: one that comes back cancelled is begun again.</summary>
    private sealed class PersistentReader(PipeReader inner) : PipeReader
    {
        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            while (true)
            {
                var result = await inner.ReadAsync(cancellationToken);
                if (!result.IsCanceled) return result;
                inner.AdvanceTo(result.Buffer.Start);
            }
        }

        public override bool TryRead(out ReadResult result) => inner.TryRead(out result);
        public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);
        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);
        public override void CancelPendingRead() => inner.CancelPendingRead();
        public override void Complete(Exception? exception = null) => inner.Complete(exception);
        public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);
    }
}
