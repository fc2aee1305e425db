namespace ComplianceGrid.Gateway.Vendors.Checkr;

internal static class CheckrApi
{
    public const string Vendor = "checkr";
    public const string DefaultBaseUrl = "https://api.checkr.com/v1";
    public const string Report = "report";
    public const string Invitation = "invitation";
    public const string Candidate = "candidate";

    /// <summary>The object that an event type is worked on by reading; null: the event needs no work.</summary>
    public static string? KindOf(string eventType) =>
        eventType.StartsWith("report.", StringComparison.Ordinal) ? Report
        : eventType.StartsWith("invitation.", StringComparison.Ordinal) ? Invitation
        : null;
}
