using ComplianceGrid.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ComplianceGrid.Api.Identity.Pages;

internal static class PageAnswers
{
    /// <summary>The name of the parameter by which each page tells what went wrong.</summary>
    private const string Error = "Error";

    public static IResult Show<TPage>(Dictionary<string, object?>? parameters = null) where TPage : IComponent => new RazorComponentResult<TPage>(parameters ?? []);

    /// <summary>The page again, with what was wrong; status and record are those that the API would give.</summary>
    public static IResult Refused<TPage>(HttpContext context, GridException refusal, Dictionary<string, object?> parameters) where TPage : IComponent
    {
        var problem = GridProblems.Details(context, refusal.Error, refusal.Message);
        GridProblems.SayWhen(context, refusal.Error);
        parameters[Error] = context.Response.Headers.RetryAfter is [{ } seconds] ? $"{refusal.Message} (Retry-After: {seconds} seconds.)" : refusal.Message; // nobody reads headers
        return new RazorComponentResult<TPage>(parameters) { StatusCode = problem.Status };
    }

    /// <summary>Another page, to be got (RFC 9110 §15.4.4): a reload does not send the form again.</summary>
    public static IResult SeeOther(string address) => new Other(address);

    private sealed class Other(string address) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            httpContext.Response.Headers.Location = address;
            return Task.CompletedTask;
        }
    }
}
