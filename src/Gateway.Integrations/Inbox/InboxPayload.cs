using ComplianceGrid.Storage.Inbox;

namespace ComplianceGrid.Gateway.Inbox;

internal static class InboxPayload
{
    /// <summary>What a stored body is sealed for: its own place in the inbox.</summary>
    public static string ContextOf(WebhookId id) => $"webhook/{id.Connection}/{id.Event}";
}
