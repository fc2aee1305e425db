namespace ComplianceGrid.Gateway.Auditing;

internal static class AgentText
{
    /// <summary>A sender's own words are kept short.</summary>
    public static string? Of(string? userAgent) =>
        string.IsNullOrEmpty(userAgent) ? null : userAgent.Length <= 200 ? userAgent : userAgent[..200];
}
