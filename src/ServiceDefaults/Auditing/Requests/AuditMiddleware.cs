using System.Collections.Immutable;
using ComplianceGrid.Audit;
using ComplianceGrid.ServiceDefaults.Auditing.Refusals;
using ComplianceGrid.ServiceDefaults.Auditing.Spooling;
using ComplianceGrid.ServiceDefaults.Auditing.Trail;
using ComplianceGrid.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ComplianceGrid.ServiceDefaults.Auditing.Requests;

/// <summary>
/// Holds every answer back until its audit entry is durable; where that cannot be had, the answer is 503 instead. Answers are bounded (a
/// page has at most 200 rows), so holding one back costs a buffer.
/// </summary>
public sealed class AuditMiddleware(RequestDelegate next, IRequestAudit audit, AuditTrail trail, RefusalLedger refusals, TimeProvider clock)
{
    public async Task InvokeAsync(HttpContext context)
    {
        using var record = audit.Begin(context);
        if (record is null)
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

        if (!await TryRecordAsync(context, record, started, (int)clock.GetElapsedTime(timestamp).TotalMilliseconds)) return;
        held.Position = 0;
        await held.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private async Task<bool> TryRecordAsync(HttpContext context, IRequestRecord record, DateTimeOffset started, int durationMs)
    {
        var begun = clock.GetTimestamp();
        try
        {
            await RecordAsync(context, record.Entries(context, started, durationMs), record.IsProtected);
            return true;
        }
        catch (GridException refusal)
        {
            context.Response.Clear();
            await GridProblems.WriteAsync(context, refusal.Error, refusal.Message);
            return false;
        }
        finally
        {
            SpoolTelemetry.Wait.Record(clock.GetElapsedTime(begun).TotalMilliseconds, new KeyValuePair<string, object?>("method", context.Request.Method));
        }
    }

    private ValueTask RecordAsync(HttpContext context, ImmutableArray<AuditEntry> entries, bool isProtected) =>
        entries is [var only] && RefusalLedger.IsCounted(only)
            ? refusals.RecordAsync(only, SourceNetwork.Of(context.Connection.RemoteIpAddress))
            : trail.WriteAsync(entries, isProtected);
}
