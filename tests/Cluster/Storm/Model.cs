using ComplianceGrid.Cluster.Clients;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Cluster.Storm;

/// <summary>
/// What the status must be, by what <c>docs/status.md</c> promises of the vendor's report and of facts: shares nothing with the product.
/// </summary>
internal static class Model
{
    public static (string Status, string Kind) Of(ReportState report) =>
        StatusTables.ReasonOf(StatusTables.OutcomeOf(report.Status, report.Result, assessment: null, report.Adjudication));

    /// <summary>Folds facts of one source key in the order given, which must not matter: the greatest version counts.</summary>
    public static (string Status, string Kind) Of(IEnumerable<AcceptedFact> facts) =>
        StatusTables.ReasonOf(facts.Aggregate((known, next) => next.Version > known.Version ? next : known).Outcome);

    /// <summary>States that a report goes through; none is final.</summary>
    public static readonly ReportState[] States =
    [
        new("pending", null), new("suspended", null), new("paused", null), new("complete", "clear"), new("complete", "consider"),
        new("dispute", "consider"), new("complete", "consider", "pre_adverse_action"), new("complete", "consider", "post_adverse_action"),
    ];
}
