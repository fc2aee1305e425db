using System.Collections.Immutable;

namespace ComplianceGrid.Status;

/// <summary>Puts together what timelines say of now and of later.</summary>
internal static class Assessments
{
    public static StatusAssessment Of(
        ImmutableArray<StatusReason> reasons,
        Func<DateTimeOffset, ComplianceStatus> statusAt,
        IEnumerable<DateTimeOffset> changes,
        DateTimeOffset now,
        int policyVersion)
    {
        var status = statusAt(now);
        var transitions = ImmutableArray.CreateBuilder<StatusTransition>();
        StatusTransition? next = null;
        var last = status;
        foreach (var at in changes)
        {
            var then = statusAt(at);
            next ??= new(at, then);
            if (then != last) transitions.Add(new(at, then));
            last = then;
        }

        return new()
        {
            Status = status,
            Reasons = reasons,
            NextTransitionAt = next?.At,
            NextStatus = next?.Status,
            Transitions = transitions.ToImmutable(),
            PolicyVersion = policyVersion,
        };
    }

    /// <summary>Of one timeline.</summary>
    public static StatusAssessment Of(Timeline timeline, DateTimeOffset now, int policyVersion) => Of(
        timeline.At(now) is { } reason ? [reason] : [],
        at => timeline.At(at)?.Status ?? ComplianceStatus.Green,
        timeline.Changes.Where(at => at > now),
        now,
        policyVersion);
}
