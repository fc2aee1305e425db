using System.Collections.Immutable;

namespace ComplianceGrid.Status;

/// <summary>Which words of an answer a reader may see. Pure: used by api, export, report, alert, log and stream alike.</summary>
public static class Reasons
{
    public const string NotCleared = "not cleared: ask the designated employer representative";
    public const string NeedsAttention = "needs attention: ask the designated employer representative";

    /// <summary>
    /// The reasons as a reader of these audiences may see them (<see cref="Audience.Everyone"/> is implied). What is outside
    /// becomes one <see cref="ReasonCode.Referral"/> per colour: neither requirement nor number of hidden reasons shows.
    /// </summary>
    public static ImmutableArray<StatusReason> For(this ImmutableArray<StatusReason> reasons, IReadOnlySet<Audience> audiences) =>
        reasons.All(r => IsVisible(r, audiences))
            ? reasons
            : [.. reasons.Select(r => IsVisible(r, audiences) ? r : Referral(r.Status)).Distinct()];

    /// <summary>The same answer with <see cref="For(ImmutableArray{StatusReason}, IReadOnlySet{Audience})"/> applied.</summary>
    public static StatusAssessment For(this StatusAssessment assessment, IReadOnlySet<Audience> audiences) =>
        assessment with { Reasons = assessment.Reasons.For(audiences) };

    /// <inheritdoc cref="For(StatusAssessment, IReadOnlySet{Audience})"/>
    public static Clearance For(this Clearance clearance, IReadOnlySet<Audience> audiences) =>
        clearance with { Reasons = clearance.Reasons.For(audiences) };

    private static bool IsVisible(StatusReason reason, IReadOnlySet<Audience> audiences) =>
        reason.Audience == Audience.Everyone || audiences.Contains(reason.Audience);

    private static StatusReason Referral(ComplianceStatus status) => new()
    {
        Code = ReasonCode.Referral,
        Status = status,
        Requirement = "",
        Text = status == ComplianceStatus.Red ? NotCleared : NeedsAttention,
        Remedy = "ask the designated employer representative",
        Audience = Audience.Everyone,
    };
}
