using ComplianceGrid.Employees;
using ComplianceGrid.Events;
using ComplianceGrid.Policies;

namespace ComplianceGrid.Status;

/// <summary>
/// One requirement of one person at one instant. The governing result is the latest that counts; "open" is newer than it.
/// <code>
/// governing result        open                 before-work              by-date
/// ----------------------  -------------------  -----------------------  -----------------------------------------
/// failed, prohibited      any                  red Failed/Prohibited    red Failed/Prohibited
/// satisfied, valid        awaiting review      amber AwaitingReview     amber AwaitingReview
/// satisfied, valid        renewal, late        amber VendorLate         amber VendorLate
/// satisfied, valid        none, or renewal     green, amber Expiring    green, amber Expiring
/// satisfied, expired      any                  red Expired              red Expired
/// none                    awaiting review      red AwaitingReview       amber AwaitingReview, red once past due
/// none                    pending, late        red VendorLate           amber VendorLate, red once past due
/// none                    pending              red Pending              green, amber DueSoon, red Overdue
/// none                    none                 red Missing              green, amber DueSoon, red Overdue
/// </code>
/// Over it all: a waiver of a company's own rule makes red amber Waived until its last day ends.
/// </summary>
internal sealed class RequirementJudge
{
    private readonly Requirement _requirement;
    private readonly ItemHistory _history;
    private readonly ReasonWriter _write;
    private readonly DateTimeOffset _hiredAt, _dueSoonFrom, _overdueFrom, _waivedUntil;
    private readonly DateOnly _dueOn;
    private readonly Waiver? _waiver;

    public RequirementJudge(Requirement requirement, EmployeeFacts facts, EmployeeProfile profile, TimeZoneInfo zone)
    {
        _requirement = requirement;
        _history = new(facts.Facts, requirement, zone);
        _write = new(requirement, zone);
        _hiredAt = LegalDay.StartOf(profile.HiredOn, zone);
        _dueOn = LegalDay.Shift(profile.HiredOn, requirement.DueDaysAfterHire);
        _dueSoonFrom = LegalDay.StartOf(LegalDay.Shift(_dueOn, -requirement.AmberDays), zone);
        _overdueFrom = LegalDay.EndOf(_dueOn, zone);
        _waiver = WaiverRules.IsWaivable(requirement) ? facts.Waivers.FirstOrDefault(w => w.Requirement == requirement.Code) : null;
        _waivedUntil = _waiver?.Until is { } last ? LegalDay.EndOf(last, zone) : DateTimeOffset.MinValue;
    }

    public IEnumerable<DateTimeOffset> Boundaries => [.. _history.Boundaries, _dueSoonFrom, _overdueFrom, _waivedUntil];

    public StatusReason? At(DateTimeOffset at)
    {
        var reason = Unwaived(at);
        return reason?.Status == ComplianceStatus.Red && at < _waivedUntil ? _write.Waived(reason, _waiver!.Until!.Value) : reason;
    }

    private StatusReason? Unwaived(DateTimeOffset at)
    {
        var governing = _history.Governing(at);
        var review = _history.UnderReview(governing);
        var pending = _history.Pending(governing);
        return governing switch
        {
            { Outcome: FactOutcome.Failed } => _write.Failed(governing),
            { Outcome: FactOutcome.Prohibited } => _write.Prohibited(governing),
            { } expired when at >= expired.Until => _write.Expired(expired, pending),
            { } valid => Valid(valid, review, pending, at),
            null => _requirement.Gate == Gate.BeforeWork ? BeforeWork(review, pending, at) : ByDate(review, pending, at),
        };
    }

    private StatusReason? Valid(Result valid, Fact? review, Fact? pending, DateTimeOffset at) =>
        review is not null ? _write.AwaitingReview(review, ComplianceStatus.Amber, valid.ExpiresOn)
        : IsLate(pending, at) ? _write.VendorLate(pending!, ComplianceStatus.Amber)
        : at >= valid.AmberFrom && !_history.IsRenewed(valid) ? _write.Expiring(valid, pending)
        : null;

    private StatusReason BeforeWork(Fact? review, Fact? pending, DateTimeOffset at) =>
        review is not null ? _write.AwaitingReview(review, ComplianceStatus.Red)
        : IsLate(pending, at) ? _write.VendorLate(pending!, ComplianceStatus.Red)
        : pending is not null ? _write.Pending(pending)
        : _write.Missing(_hiredAt);

    private StatusReason? ByDate(Fact? review, Fact? pending, DateTimeOffset at)
    {
        var unmet = at >= _overdueFrom ? ComplianceStatus.Red : ComplianceStatus.Amber;
        return review is not null ? _write.AwaitingReview(review, unmet, _dueOn)
            : IsLate(pending, at) ? _write.VendorLate(pending!, unmet)
            : at >= _overdueFrom ? _write.Overdue(_dueOn, _overdueFrom, pending)
            : at >= _dueSoonFrom ? _write.DueSoon(_dueOn, _dueSoonFrom, pending)
            : null;
    }

    private static bool IsLate(Fact? order, DateTimeOffset at) => order?.ExpectedBy <= at;
}
