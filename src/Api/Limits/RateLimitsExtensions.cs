using ComplianceGrid.Api.Security;
using ComplianceGrid.ServiceDefaults.Auditing.Refusals;
using ComplianceGrid.ServiceDefaults.Problems;

namespace ComplianceGrid.Api.Limits;

/// <summary>
/// Counts each request to whoever makes it, and answers 429 past a limit. The headers are those of draft-ietf-httpapi-ratelimit-headers-10:
/// <c>RateLimit-Policy</c> names the limits that apply, <c>RateLimit</c> what is left of each and when it begins anew.
/// </summary>
internal static class RateLimitsExtensions
{
    private const string ClientId = "client_id"; // RFC 9068 §2.2
    private static readonly object Counted = new();

    public static void AddRateLimits(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<RateLimitOptions>().BindConfiguration(RateLimitOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<IRateSource, GridRates>().AddSingleton<RateDesk>().AddSingleton<RateLeases>();
    }

    /// <summary>Counts strangers by address. Call it after routing and before authentication, within which the authorization server answers.</summary>
    public static void UseStrangerLimits(this IApplicationBuilder app) => app.Use((context, next) =>
        IsExempt(context) || !MayBeStranger(context.Request) ? next(context) : CountAsync(context, next, [AddressOf(context)]));

    /// <summary>Counts callers by user, application and tenant, and whose token is not good by address. Call it after authentication.</summary>
    public static void UseRateLimits(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (IsExempt(context)) return next(context);
        if (context.FindCaller() is { } caller) return CountAsync(context, next, KeysOf(context, caller));
        return context.Items.ContainsKey(Counted) ? next(context) : CountAsync(context, next, [AddressOf(context)]);
    });

    private static async Task CountAsync(HttpContext context, RequestDelegate next, RateKey[] keys)
    {
        context.Items[Counted] = Counted;
        var leases = context.RequestServices.GetRequiredService<RateLeases>();
        var (taken, verdicts) = (new RateLease[keys.Length], new RateVerdict[keys.Length]);
        for (var n = 0; n < keys.Length; n++)
        {
            taken[n] = leases.Of(keys[n]);
            verdicts[n] = await taken[n].TakeAsync(context.RequestAborted);
            if (verdicts[n].IsAllowed) continue;
            foreach (var earlier in taken.AsSpan(0, n)) earlier.GiveBack();
            RateHeaders.Tell(context, verdicts[n..(n + 1)]);
            await RefuseAsync(context, verdicts[n]);
            return;
        }

        RateHeaders.Tell(context, verdicts);
        await next(context);
    }

    private static Task RefuseAsync(HttpContext context, RateVerdict verdict)
    {
        RateTelemetry.Refused.Add(1, new KeyValuePair<string, object?>("limit", verdict.Quota.Name));
        return GridProblems.WriteAsync(context, GridError.TooManyRequests,
            $"There were too many requests of this {verdict.Quota.Name}. Wait for as many seconds as Retry-After says.", verdict.ResetSeconds);
    }

    private static RateKey[] KeysOf(HttpContext context, Caller caller)
    {
        var tenant = new RateKey(RateKind.Tenant, caller.Tenant.Value, "");
        if (caller.Roles is [RoleTable.Service]) return [new(RateKind.Client, caller.Tenant.Value, caller.User), tenant];
        var user = new RateKey(RateKind.User, caller.Tenant.Value, caller.User);
        return context.User.FindFirst(ClientId)?.Value is { Length: > 0 and <= 200 } client ? [user, new(RateKind.Client, caller.Tenant.Value, client), tenant] : [user, tenant];
    }

    private static RateKey AddressOf(HttpContext context) => new(RateKind.Address, null, SourceNetwork.Of(context.Connection.RemoteIpAddress));

    // A made-up token must not open a count of its own, nor spare the endpoints that hand out tokens theirs.
    private static bool MayBeStranger(HttpRequest request) =>
        !request.Headers.Authorization.ToString().StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
        || request.Path.StartsWithSegments("/connect") || request.Path.StartsWithSegments("/api/auth");

    private static bool IsExempt(HttpContext context) => context.GetEndpoint() is { } endpoint && EndpointPermissions.IsInfrastructure(endpoint);
}
