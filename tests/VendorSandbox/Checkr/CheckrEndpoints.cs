using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using ComplianceGrid.VendorSandbox.Control;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.VendorSandbox.Checkr;

/// <summary>The part of <c>api.checkr.com/v1</c> that the gateway calls.</summary>
internal static class CheckrEndpoints
{
    public static void MapCheckr(this IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/v1").AddEndpointFilter(GuardAsync);
        api.MapPost("/candidates", (NewCandidate body, HttpContext http, CheckrState state) =>
            string.IsNullOrWhiteSpace(body.Email) || !body.Email.Contains('@', StringComparison.Ordinal)
                ? Error(StatusCodes.Status400BadRequest, "email is invalid")
                : TypedResults.Json(state.Once("candidates", KeyOf(http), () => state.Add(body)), statusCode: StatusCodes.Status201Created));
        api.MapPost("/invitations", (NewInvitation body, HttpContext http, CheckrState state) =>
            string.IsNullOrWhiteSpace(body.Package) ? Error(StatusCodes.Status400BadRequest, "package is required")
            : body.CandidateId is null || !state.Candidates.ContainsKey(body.CandidateId) ? Error(StatusCodes.Status404NotFound, "candidate not found")
            : TypedResults.Json(state.Once("invitations", KeyOf(http), () => state.Add(body)), statusCode: StatusCodes.Status201Created));
        api.MapGet("/candidates/{id}", (string id, CheckrState state) => Found(state.Candidates.GetValueOrDefault(id)));
        api.MapGet("/invitations/{id}", (string id, CheckrState state) => Found(state.Invitations.GetValueOrDefault(id)));
        api.MapGet("/reports/{id}", (string id, CheckrState state) => Found(state.Reports.GetValueOrDefault(id)));
    }

    /// <summary>Counts, fails when told to, checks HTTP Basic, and says how much of the rate is left.</summary>
    private static async ValueTask<object?> GuardAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var services = http.RequestServices;
        services.GetRequiredService<CheckrState>().Called($"{http.Request.Method} {http.Request.Path.Value!.Split('/')[2]}");
        http.Response.Headers["X-Ratelimit-Limit"] = "1200";
        http.Response.Headers["X-Ratelimit-Remaining"] = "1199";
        http.Response.Headers["X-Ratelimit-Reset"] = "60";
        if (await services.GetRequiredService<FailurePlan>().NextAsync(http) is { } failure) return failure;
        return IsAuthorized(http.Request, services.GetRequiredService<IOptions<CheckrAccount>>().Value.ApiKey)
            ? await next(context)
            : Error(StatusCodes.Status401Unauthorized, "Bad authentication error");
    }

    /// <summary>The secret key as user, an empty password.</summary>
    private static bool IsAuthorized(HttpRequest request, string apiKey) =>
        AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var header) && header is { Scheme: "Basic", Parameter: { } given }
        && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(given), Encoding.ASCII.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes(apiKey + ":"))));

    private static string? KeyOf(HttpContext http) => http.Request.Headers["Idempotency-Key"];

    private static IResult Found<T>(T? found) where T : class =>
        found is null ? Error(StatusCodes.Status404NotFound, "not found") : TypedResults.Json(found);

    public static IResult Error(int status, string message) => TypedResults.Json(new { Error = message }, statusCode: status);
}
