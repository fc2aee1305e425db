using ComplianceGrid.Events;
using ComplianceGrid.Storage.Inbox;
using ComplianceGrid.Storage.Outbox;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Gateway.Vendors.Checkr;

/// <summary>Turns what was read at Checkr into events of the order. Pure.</summary>
internal static class CheckrAdapter
{
    /// <summary>Ten times the longest word that the vendor is known to use: what is longer is not a word of theirs.</summary>
    private const int LongestWord = 50;

    public static ComplianceEvent OfReport(LeasedWebhook webhook, OrderKey order, CheckrReport report, long version)
    {
        var (outcome, word) = CheckrVerdict.Of(report.Status, report.Result, report.Assessment, report.Adjudication);
        var observedAt = report.CompletedAt ?? report.CreatedAt ?? webhook.ReceivedAt;
        return Envelope(webhook, order, EventTypes.BackgroundReport, observedAt, new()
        {
            SourceKey = SourceKey(CheckrApi.Report, report.Id),
            SourceVersion = version,
            Item = ComplianceItems.BackgroundCheck,
            Outcome = outcome,
            VendorOutcome = word.Length <= LongestWord ? word : "unknown",
            Milestone = MilestoneOf(webhook.EventType),
            ObservedAt = observedAt,
            OrderId = order.Order,
        });
    }

    public static ComplianceEvent OfInvitation(LeasedWebhook webhook, OrderKey order, CheckrInvitation invitation, long version)
    {
        var at = invitation.CompletedAt ?? webhook.ReceivedAt;
        return Envelope(webhook, order, EventTypes.OrderMilestone, at, Milestone(order, invitation.Id, InvitationMilestone(invitation.Status), at, version));
    }

    /// <summary>Told when the invitation was made. Its id follows from the order, so that a repeat is the same event.</summary>
    public static ComplianceEvent OfInvitationSent(string connection, OrderKey order, string invitationId, DateTimeOffset at, string? traceParent, long version) => new()
    {
        Id = DerivedId.Of(CheckrApi.Vendor, connection, order.ToString(), "invitation-sent").ToString("D"),
        Source = $"{CheckrApi.Vendor}/{connection}",
        Type = EventTypes.OrderMilestone,
        Time = at,
        Namespace = StreamNamespaces.Orders,
        Key = order.ToString(),
        Data = Milestone(order, invitationId, "invitation-sent", at, version),
        TraceParent = traceParent,
    };

    /// <summary><c>report.completed</c> is the order's <c>completed</c>; every other type is named in full.</summary>
    internal static string MilestoneOf(string eventType) => eventType == "report.completed" ? "completed" : eventType.Replace('.', '-');

    private static string InvitationMilestone(string status) => status switch
    {
        "pending" => "invitation-sent",
        "completed" => "invitation-completed",
        "expired" => "invitation-expired",
        "deleted" => "invitation-deleted",
        _ => "invitation-changed",
    };

    private static EventData Milestone(OrderKey order, string invitationId, string milestone, DateTimeOffset at, long version) => new()
    {
        SourceKey = SourceKey(CheckrApi.Invitation, invitationId),
        SourceVersion = version,
        Outcome = FactOutcome.Pending,
        Milestone = milestone,
        ObservedAt = at,
        OrderId = order.Order,
    };

    private static ComplianceEvent Envelope(LeasedWebhook webhook, OrderKey order, string type, DateTimeOffset time, EventData data) => new()
    {
        Id = DerivedId.Of(CheckrApi.Vendor, webhook.Webhook.Connection, webhook.Webhook.Event).ToString("D"),
        Source = $"{CheckrApi.Vendor}/{webhook.Webhook.Connection}",
        Type = type,
        Time = time,
        Namespace = StreamNamespaces.Orders,
        Key = order.ToString(),
        Data = data,
        TraceParent = webhook.TraceParent,
    };

    private static string SourceKey(string kind, string id) => $"{CheckrApi.Vendor}/{kind}/{id}";
}
