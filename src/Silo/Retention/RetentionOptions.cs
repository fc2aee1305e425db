using System.ComponentModel.DataAnnotations;

namespace ComplianceGrid.Silo.Retention;

/// <summary>Section <c>Retention</c>: for how many days rows are kept that have served. What is open or parked stays however old it is.</summary>
internal sealed class RetentionOptions
{
    public const string Section = "Retention";

    /// <summary>Of the event log, after their grain has saved them.</summary>
    [Range(1, 3650)]
    public int EventDays { get; set; } = 30;

    /// <summary>
    /// Webhooks with their sealed bodies, after they were done or ignored. A vendor's repeat is known by its row: longer than any
    /// vendor goes on sending.
    /// </summary>
    [Range(7, 3650)]
    public int WebhookDays { get; set; } = 90;

    /// <summary>Parked events, after they were replayed.</summary>
    [Range(1, 3650)]
    public int ParkedEventDays { get; set; } = 90;

    /// <summary>Ends of sessions in the feed that the front doors read. An access token lives for minutes.</summary>
    [Range(1, 3650)]
    public int SessionEndDays { get; set; } = 2;
}
