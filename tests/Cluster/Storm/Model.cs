using ComplianceGrid.Cluster.Clients;

namespace ComplianceGrid.Cluster.Storm;

/// <summary>
/// What the status must be, from the vendor's report alone: written from the vendor's documentation, sharing nothing with the product.
/// </summary>
internal static class Model
{
    public static (string Status, string Kind) Of(ReportState report) => report switch
    {
        { Adjudication: "post_adverse_action" } => ("red", "failed"),
        { Adjudication: "pre_adverse_action" } => ("red", "awaitingReview"),
        { Status: "dispute" } => ("red", "awaitingReview"),
        { Status: "complete", Result: "consider" } => ("red", "awaitingReview"),
        { Status: "complete", Result: "clear" } => ("green", "satisfied"),
        { Status: "pending" or "suspended" or "paused" } => ("red", "pending"),
        _ => throw new InvalidOperationException($"The storm makes no such report: {report}"),
    };

    /// <summary>States that a report goes through; none is final.</summary>
    public static readonly ReportState[] States =
    [
        new("pending", null), new("suspended", null), new("paused", null), new("complete", "clear"), new("complete", "consider"),
        new("dispute", "consider"), new("complete", "consider", "pre_adverse_action"), new("complete", "consider", "post_adverse_action"),
    ];
}
