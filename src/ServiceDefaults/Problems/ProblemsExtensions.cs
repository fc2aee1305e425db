using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ComplianceGrid.ServiceDefaults.Problems;

internal static class ProblemsExtensions
{
    public static void AddGridProblems(this IServiceCollection services)
    {
        services.AddExceptionHandler<GridExceptionHandler>();
        services.AddProblemDetails();
        // Outside Development a failed binding would answer 400 without a word.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
    }

    public static void UseGridProblems(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages(pages => ErrorKind.OfStatus(pages.HttpContext.Response.StatusCode) is { } error
            ? GridProblems.WriteAsync(pages.HttpContext, error, DetailOf(error))
            : Task.CompletedTask);
    }

    private static string DetailOf(GridError error) => ErrorKind.Of(error).Title + ".";
}
