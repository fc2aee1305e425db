using System.Collections.Immutable;
using ComplianceGrid.Policies;

namespace ComplianceGrid.Status;

/// <summary>A requirement and its timeline; no requirement: it conditions everything.</summary>
internal sealed record ConditionTimeline(Requirement? Requirement, Timeline Timeline);

/// <summary>A person at every instant, for facts and policy that stay as they are. Every answer is a look-up in this.</summary>
internal sealed class EmployeeTimelines(ImmutableArray<ConditionTimeline> conditions)
{
    public ImmutableArray<ConditionTimeline> Conditions => conditions;

    public static EmployeeTimelines Of(EmployeeFacts facts, PolicyVersion? policy)
    {
        if (facts.Profile is not { } profile) return new([Everywhere(Timeline.Always(StandingReasons.NeverHired))]);

        // After the last day nothing is asked of the person any more, and no work is cleared: red, once and for ever.
        var zone = policy is null ? TimeZoneInfo.Utc : Applicability.ZoneOf(profile, policy.Policy);
        var end = profile.EmploymentEndedOn is { } last ? LegalDay.EndOf(last, zone) : DateTimeOffset.MaxValue;
        var employment = Timeline.Of(at => at >= end ? StandingReasons.Ended(profile.EmploymentEndedOn, end) : null, [end]);
        if (policy is null)
            return new([Everywhere(employment), Everywhere(Timeline.Of(at => at >= end ? null : StandingReasons.NoPolicy, [end]))]);

        return new([Everywhere(employment), .. policy.Policy.Requirements.Where(r => r.AppliesTo(profile)).Select(Judged)]);

        ConditionTimeline Judged(Requirement requirement)
        {
            var judge = new RequirementJudge(requirement, facts, profile, zone);
            return new(requirement, Timeline.Of(at => at >= end ? null : judge.At(at), [.. judge.Boundaries, end]));
        }
    }

    /// <summary>Every reason at an instant: worst first, then by requirement code.</summary>
    public ImmutableArray<StatusReason> ReasonsAt(DateTimeOffset at) => Sort(conditions, at);

    public ComplianceStatus StatusAt(DateTimeOffset at) =>
        conditions.Max(c => c.Timeline.At(at)?.Status ?? ComplianceStatus.Green);

    /// <summary>All later instants at which something changes, ascending.</summary>
    public IEnumerable<DateTimeOffset> ChangesAfter(DateTimeOffset instant) =>
        conditions.SelectMany(c => c.Timeline.Changes).Where(at => at > instant).Distinct().Order();

    public static ImmutableArray<StatusReason> Sort(IEnumerable<ConditionTimeline> conditions, DateTimeOffset at) =>
        [.. conditions.Select(c => c.Timeline.At(at)).OfType<StatusReason>()
            .OrderByDescending(r => r.Status).ThenBy(r => r.Requirement, StringComparer.Ordinal)];

    private static ConditionTimeline Everywhere(Timeline timeline) => new(null, timeline);
}
