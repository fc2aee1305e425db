namespace ComplianceGrid.Api.Limits;

internal static class RateHeaders
{
    private const string Policy = "RateLimit-Policy", Now = "RateLimit";

    /// <summary>Set as the answer leaves: an error handler clears what was set before. What was told last counts.</summary>
    public static void Tell(HttpContext context, RateVerdict[] verdicts)
    {
        if (!context.Items.ContainsKey(Now)) context.Response.OnStarting(Set, context);
        context.Items[Now] = verdicts;
    }

    private static Task Set(object state)
    {
        var context = (HttpContext)state;
        var verdicts = (RateVerdict[])context.Items[Now]!;
        context.Response.Headers[Policy] = string.Join(", ", verdicts.Select(verdict => verdict.Quota.Policy));
        context.Response.Headers[Now] = string.Join(", ", verdicts.Select(verdict => string.Create(null, $"\"{verdict.Quota.Name}\";r={verdict.Remaining};t={verdict.ResetSeconds}")));
        return Task.CompletedTask;
    }
}
