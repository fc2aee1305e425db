using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ComplianceGrid.ServiceDefaults.Problems;

/// <summary>Turns whatever escapes an endpoint into problem details. What the caller reads holds no text of an exception.</summary>
internal sealed partial class GridExceptionHandler(ILogger<GridExceptionHandler> log) : IExceptionHandler
{
    private const int ClientClosedRequest = 499;

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (httpContext.RequestAborted.IsCancellationRequested)
        {
            httpContext.Response.StatusCode = ClientClosedRequest;
            return true;
        }

        var (error, detail) = ExceptionErrors.Of(exception);
        if (error is GridError.Fault) LogFault(exception);
        if (error is GridError.Unavailable) LogUnavailable(exception);
        await GridProblems.WriteAsync(httpContext, error, detail);
        return true;
    }

    [LoggerMessage(1, LogLevel.Error, "A request ended in a fault.")]
    private partial void LogFault(Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "A request ended because a dependency is away.")]
    private partial void LogUnavailable(Exception exception);
}
