using System.Collections.Immutable;
using ComplianceGrid.Events;
using ComplianceGrid.Policies;

namespace ComplianceGrid.Status;

/// <summary>What a reason says, but for its words.</summary>
internal sealed record Told(string Requirement, ReasonCode Code, ComplianceStatus Status, DateTimeOffset? Since, DateOnly? DueOn);

/// <summary>
/// A second opinion on a person at one instant. It shares no code with the engine and knows no timeline: it asks what local
/// day it is, and finds the beginning of a day by trying every half hour.
/// </summary>
internal sealed class StatusModel(EmployeeFacts person, Policy policy, DateTimeOffset at)
{
    private readonly TimeZoneInfo _zone = TimeZoneInfo.FindSystemTimeZoneById(policy.Sites.Single(s => s.Code == person.Profile!.Site).TimeZone);

    private DateOnly Today => DayOf(at);

    public IReadOnlyList<Told> Reasons()
    {
        if (person.Profile!.EmploymentEndedOn is { } last && Today > last)
            return [new("employment", ReasonCode.NotEmployed, ComplianceStatus.Red, Beginning(last.AddDays(1)), last)];
        var told = Asked().Select(Judge).OfType<Told>().ToList();
        told.Sort((a, b) => a.Status != b.Status ? b.Status.CompareTo(a.Status) : string.CompareOrdinal(a.Requirement, b.Requirement));
        return told;
    }

    /// <summary>The requirements that prohibit a function, or null when it is one that nobody can answer for.</summary>
    public IReadOnlyList<string>? Prohibiting(string function)
    {
        var red = Reasons().Where(r => r.Status == ComplianceStatus.Red).Select(r => r.Requirement).ToList();
        var conditions = Asked().Where(r => r.Functions.Length == 0 || r.Functions.Contains("work") || r.Functions.Contains(function)
            || (function == "drive" && r.Functions.Contains("safety-sensitive"))).Select(r => r.Code).Append("employment").ToHashSet();
        var prohibiting = red.Where(conditions.Contains).ToList();
        if (prohibiting.Count > 0 || function == "work" || Asked().Any(r => r.Functions.Contains(function))) return prohibiting;
        var named = policy.Requirements.Any(r => r.Functions.Contains(function));
        return !named && function is "drive" or "safety-sensitive" ? prohibiting : null;
    }

    private IEnumerable<Requirement> Asked() => policy.Requirements.Where(r => r.Roles.Length == 0 || r.Roles.Intersect(person.Profile!.Roles).Any());

    private Told? Judge(Requirement asked)
    {
        var said = person.Facts.Where(f => f.Item == asked.Item && f.Outcome != FactOutcome.Cancelled).ToList();
        var governing = Newest(said.Where(f => IsAdverse(f) || (f.Outcome == FactOutcome.Satisfied && From(f) <= at)));
        var open = said.Where(f => governing is null || f.ObservedAt > governing.ObservedAt).ToList();
        var review = Newest(open.Where(f => f.Outcome == FactOutcome.AwaitingReview));
        var order = Newest(open.Where(f => f.Outcome == FactOutcome.Pending));
        var told = governing switch
        {
            null => asked.Gate == Gate.BeforeWork ? BeforeWork(review, order) : ByDate(asked, review, order),
            { Outcome: FactOutcome.Failed } => Red(ReasonCode.Failed, governing.ObservedAt, null),
            { Outcome: FactOutcome.Prohibited } => Red(ReasonCode.Prohibited, governing.ObservedAt, null),
            _ => OnFile(governing, said.Where(f => f.Outcome == FactOutcome.Satisfied), review, order),
        };
        var waiver = asked is { Waivable: true, Citation: null } ? person.Waivers.SingleOrDefault(w => w.Requirement == asked.Code)?.Until : null;
        return told?.Status == ComplianceStatus.Red && Today <= waiver
            ? told with { Code = ReasonCode.Waived, Status = ComplianceStatus.Amber, DueOn = waiver }
            : told;

        Told? OnFile(Fact result, IEnumerable<Fact> passed, Fact? review, Fact? order)
        {
            var last = LastDay(result);
            if (Today > last) return Red(ReasonCode.Expired, Beginning(last.Value.AddDays(1)), last);
            if (review is not null) return Amber(ReasonCode.AwaitingReview, review.ObservedAt, last);
            if (order?.ExpectedBy <= at) return Amber(ReasonCode.VendorLate, order.ExpectedBy, DayOf(order.ExpectedBy!.Value));
            if (last is null || Today < last.Value.AddDays(-asked.AmberDays)) return null;
            if (passed.Any(f => From(f) > From(result) && From(f) <= Beginning(last.Value.AddDays(1)) && (LastDay(f) is not { } end || end > last))) return null;
            var since = Beginning(last.Value.AddDays(-asked.AmberDays));
            return Amber(ReasonCode.Expiring, since > From(result) ? since : From(result), last);
        }

        DateOnly? LastDay(Fact fact) => fact.ExpiresOn ?? (asked.ValidForMonths is { } months ? (fact.EffectiveOn ?? DayOf(fact.ObservedAt)).AddMonths(months) : null);

        Told Red(ReasonCode code, DateTimeOffset? since, DateOnly? due) => new(asked.Code, code, ComplianceStatus.Red, since, due);
        Told Amber(ReasonCode code, DateTimeOffset? since, DateOnly? due) => new(asked.Code, code, ComplianceStatus.Amber, since, due);

        Told BeforeWork(Fact? review, Fact? order) =>
            review is not null ? Red(ReasonCode.AwaitingReview, review.ObservedAt, null)
            : order is null ? Red(ReasonCode.Missing, Beginning(person.Profile!.HiredOn), null)
            : order.ExpectedBy is not { } by ? Red(ReasonCode.Pending, order.ObservedAt, null)
            : by <= at ? Red(ReasonCode.VendorLate, by, DayOf(by))
            : Red(ReasonCode.Pending, order.ObservedAt, DayOf(by));
    }

    private Told? ByDate(Requirement asked, Fact? review, Fact? order)
    {
        var due = person.Profile!.HiredOn.AddDays(asked.DueDaysAfterHire);
        var (late, soon) = (Today > due, due.AddDays(-asked.AmberDays));
        var colour = late ? ComplianceStatus.Red : ComplianceStatus.Amber;
        if (review is not null) return new(asked.Code, ReasonCode.AwaitingReview, colour, review.ObservedAt, due);
        if (order?.ExpectedBy <= at) return new(asked.Code, ReasonCode.VendorLate, colour, order.ExpectedBy, DayOf(order.ExpectedBy!.Value));
        if (late) return new(asked.Code, ReasonCode.Overdue, colour, Beginning(due.AddDays(1)), due);
        return Today < soon ? null : new(asked.Code, ReasonCode.DueSoon, colour, Beginning(soon), due);
    }

    private DateTimeOffset From(Fact passed)
    {
        var begins = passed.EffectiveOn is { } day ? Beginning(day) : passed.ObservedAt;
        return begins > passed.ObservedAt ? begins : passed.ObservedAt;
    }

    private DateOnly DayOf(DateTimeOffset instant) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, _zone).Date);

    private DateTimeOffset Beginning(DateOnly day)
    {
        var instant = new DateTimeOffset(day.ToDateTime(new(0, 0)).AddHours(-15), TimeSpan.Zero);
        while (DayOf(instant) < day) instant = instant.AddMinutes(30);
        return instant;
    }

    private static bool IsAdverse(Fact fact) => fact.Outcome is FactOutcome.Failed or FactOutcome.Prohibited;

    /// <summary>Of what was established at one instant the gravest, and then the last by source key.</summary>
    private static Fact? Newest(IEnumerable<Fact> facts) => facts.Aggregate((Fact?)null, (best, f) =>
        best is null || f.ObservedAt > best.ObservedAt || (f.ObservedAt == best.ObservedAt && IsGraver(f, best)) ? f : best);

    private static bool IsGraver(Fact fact, Fact than) =>
        fact.Outcome > than.Outcome || (fact.Outcome == than.Outcome && string.CompareOrdinal(fact.SourceKey, than.SourceKey) > 0);
}
