using ComplianceGrid.Policies;

namespace ComplianceGrid.Status;

/// <summary>Puts a requirement's reasons into words that a person can act on.</summary>
internal sealed class ReasonWriter(Requirement requirement, TimeZoneInfo zone)
{
    private readonly string _title = requirement.Title;

    public StatusReason Missing(DateTimeOffset since) => Write(
        ReasonCode.Missing, ComplianceStatus.Red, $"no {_title} on file", Obtain, since);

    public StatusReason Pending(Fact order) => Write(
        ReasonCode.Pending, ComplianceStatus.Red, $"awaiting {_title} result", $"a satisfactory {_title} result", order.ObservedAt,
        order.ExpectedBy is { } by ? LegalDay.Of(by, zone) : null);

    public StatusReason VendorLate(Fact order, ComplianceStatus status)
    {
        var day = LegalDay.Of(order.ExpectedBy!.Value, zone);
        return Write(ReasonCode.VendorLate, status, $"{_title} result is late: it was expected by {day:yyyy-MM-dd}",
            "ask the vendor for the result, or order again", order.ExpectedBy, day);
    }

    public StatusReason AwaitingReview(Fact fact, ComplianceStatus status, DateOnly? dueOn = null) => Write(
        ReasonCode.AwaitingReview, status, $"{_title} result awaits review", $"a decision on the {_title} result", fact.ObservedAt, dueOn);

    public StatusReason Expiring(Result result, Fact? renewal) => Write(
        ReasonCode.Expiring, ComplianceStatus.Amber, $"{_title} expires on {result.ExpiresOn:yyyy-MM-dd}", Renew(renewal),
        result.AmberFrom > result.From ? result.AmberFrom : result.From, result.ExpiresOn);

    public StatusReason Expired(Result result, Fact? renewal) => Write(
        ReasonCode.Expired, ComplianceStatus.Red, $"{_title} expired on {result.ExpiresOn:yyyy-MM-dd}", Renew(renewal),
        result.Until, result.ExpiresOn);

    public StatusReason Failed(Result result) => Write(
        ReasonCode.Failed, ComplianceStatus.Red, $"{_title} not passed", $"a later satisfactory {_title} result", result.Since);

    public StatusReason Prohibited(Result result) => Write(
        ReasonCode.Prohibited, ComplianceStatus.Red, $"prohibited by the {_title} result",
        "complete what the regulation demands before return to duty", result.Since);

    public StatusReason DueSoon(DateOnly due, DateTimeOffset since, Fact? order) => Write(
        ReasonCode.DueSoon, ComplianceStatus.Amber, $"{_title} is due by {due:yyyy-MM-dd}", order is null ? Obtain : Await, since, due);

    public StatusReason Overdue(DateOnly due, DateTimeOffset since, Fact? order) => Write(
        ReasonCode.Overdue, ComplianceStatus.Red, $"{_title} was due by {due:yyyy-MM-dd}", order is null ? Obtain : Await, since, due);

    /// <summary>What is waived stays what it is, in amber and with the waiver's last day.</summary>
    public StatusReason Waived(StatusReason red, DateOnly until) => red with
    {
        Code = ReasonCode.Waived,
        Status = ComplianceStatus.Amber,
        Text = $"waived until {until:yyyy-MM-dd}: {red.Text}",
        DueOn = until,
    };

    private string Obtain => requirement.Order is null ? $"record the {_title}" : $"order the {_title}";

    private string Await => $"a satisfactory {_title} result, which is awaited";

    private string Renew(Fact? renewal) => renewal is null ? $"renew the {_title}" : Await;

    private StatusReason Write(
        ReasonCode code, ComplianceStatus status, string text, string remedy, DateTimeOffset? since, DateOnly? dueOn = null) => new()
        {
            Code = code,
            Status = status,
            Requirement = requirement.Code,
            Text = text,
            Citation = requirement.Citation,
            Since = since == DateTimeOffset.MinValue ? null : since,
            DueOn = dueOn,
            Remedy = remedy,
            Audience = requirement.Audience,
        };
}
