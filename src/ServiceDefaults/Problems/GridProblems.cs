using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace ComplianceGrid.ServiceDefaults.Problems;

/// <summary>RFC 9457 problem details: a stable <c>type</c> and <c>code</c>, the status, and the request id that finds it in the log.</summary>
public static class GridProblems
{
    public const string ContentType = "application/problem+json";
    private const string Page = "https://docs.compliance-grid.example/status-codes#";

    private static readonly object ErrorItem = new();
    private static readonly object RetryItem = new();

    /// <summary>The caller may try again after this many seconds where nothing better is known.</summary>
    public const int RetryAfterSeconds = 2;

    /// <summary><c>GRID-1002</c>.</summary>
    public static string CodeOf(GridError error) => string.Create(null, $"GRID-{(int)error:0000}");

    public static int StatusOf(GridError error) => ErrorKind.Of(error).Status;

    /// <summary>The trace id: the same in logs, traces and audit entries of this request.</summary>
    public static string RequestIdOf(HttpContext context) => Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier;

    /// <summary>What the request was answered with, for logs and audit entries; null: no problem.</summary>
    public static GridError? ErrorOf(HttpContext context) => context.Items.TryGetValue(ErrorItem, out var error) ? error as GridError? : null;

    /// <param name="detail">For the caller: what was wrong with this request. Never an exception's text.</param>
    public static ProblemDetails Details(HttpContext context, GridError error, string detail)
    {
        var (status, title) = ErrorKind.Of(error);
        var code = CodeOf(error);
        context.Items[ErrorItem] = error;
        return new ProblemDetails
        {
            Type = Page + code,
            Title = title,
            Status = status,
            Detail = detail,
            Extensions = { ["code"] = code, ["requestId"] = RequestIdOf(context) },
        };
    }

    /// <summary>For an endpoint that answers a refusal itself.</summary>
    public static ProblemHttpResult Result(HttpContext context, GridError error, string detail) =>
        TypedResults.Problem(Details(context, error, detail));

    /// <summary>When the caller may try again, for a refusal that is thrown: whoever handles it clears the headers.</summary>
    public static void RetryAfter(HttpContext context, TimeSpan time) => context.Items[RetryItem] = Math.Max(1, (int)Math.Ceiling(time.TotalSeconds));

    /// <summary>Sets <c>Retry-After</c> where the error is a passing one.</summary>
    public static void SayWhen(HttpContext context, GridError error, int retryAfterSeconds = RetryAfterSeconds)
    {
        if (error is GridError.Unavailable or GridError.AuditNoRoom or GridError.Busy or GridError.TooManyRequests && context.Response.Headers.RetryAfter.Count == 0)
            context.Response.Headers.RetryAfter = (context.Items.TryGetValue(RetryItem, out var seconds) ? (int)seconds! : retryAfterSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Writes the problem as the answer, with <c>Retry-After</c> where the error is a passing one.</summary>
    public static Task WriteAsync(HttpContext context, GridError error, string detail, int retryAfterSeconds = RetryAfterSeconds)
    {
        var problem = Details(context, error, detail);
        context.Response.StatusCode = problem.Status!.Value;
        SayWhen(context, error, retryAfterSeconds);
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(problem, options: null, contentType: ContentType, context.RequestAborted);
    }
}
