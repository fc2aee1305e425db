using ComplianceGrid.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http.Features;

namespace ComplianceGrid.Api.Audit;

/// <summary>
/// Holds every answer back until its audit entry is durable; where that cannot be had in time, the answer is 503 instead.
/// Answers are bounded (a page has at most 200 rows), so holding one back costs a buffer.
/// </summary>
internal sealed class AuditMiddleware(RequestDelegate next, IAuditTrail trail, TimeProvider clock)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (!IsAudited(context.Request.Path))
        {
            await next(context);
            return;
        }

        var (started, timestamp) = (clock.GetUtcNow(), clock.GetTimestamp());
        var real = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        using var held = new MemoryStream();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(held));
        try
        {
            await next(context);
            await context.Response.BodyWriter.FlushAsync(CancellationToken.None);
        }
        finally
        {
            context.Features.Set(real);
        }

        try
        {
            await trail.WriteAsync(context.Audit().Entries(context, started, (int)clock.GetElapsedTime(timestamp).TotalMilliseconds));
        }
        catch (GridException refusal)
        {
            context.Response.Clear();
            await GridProblems.WriteAsync(context, refusal.Error, refusal.Message);
            return;
        }

        held.Position = 0;
        await held.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private static bool IsAudited(PathString path) => path.StartsWithSegments("/api") || path.StartsWithSegments("/dev");
}
