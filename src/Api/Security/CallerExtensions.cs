using ComplianceGrid.ServiceDefaults.Http;

namespace ComplianceGrid.Api.Security;

internal static class CallerExtensions
{
    private static readonly object Key = new();

    /// <summary>Null when the request showed no valid token.</summary>
    public static Caller? FindCaller(this HttpContext context)
    {
        if (context.Items.TryGetValue(Key, out var known)) return known as Caller;
        var caller = context.User.Identity?.IsAuthenticated == true && Security.Caller.TryCreate(context.User, out var created) ? created : null;
        context.Items[Key] = caller;
        return caller;
    }

    /// <summary>Who it is, for whoever asks later. Null: nobody.</summary>
    public static void Present(this HttpContext context, Caller? caller) => context.Items[Key] = caller;

    /// <summary>Inside an endpoint that needs a permission there always is one.</summary>
    public static Caller Caller(this HttpContext context) =>
        context.FindCaller() ?? throw new GridException(GridError.Unauthenticated, "Send a valid access token.");

    public static string? ClientAddress(this HttpContext context) => context.Connection.RemoteIpAddress?.Text();

    /// <summary>At most 200 printable characters of it.</summary>
    public static string? UserAgent(this HttpContext context)
    {
        var agent = context.Request.Headers.UserAgent.ToString();
        if (agent.Length == 0) return null;
        return string.Concat(agent.Take(200).Where(character => character is >= ' ' and < '\u007F'));
    }
}
