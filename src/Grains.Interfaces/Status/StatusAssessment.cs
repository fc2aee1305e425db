using System.Collections.Immutable;

namespace ComplianceGrid.Status;

/// <summary>Why one requirement has its colour, in words a person can act on.</summary>
[GenerateSerializer, Immutable, Alias("StatusReason")]
public sealed record StatusReason
{
    [Id(0)] public required ReasonCode Code { get; init; }
    [Id(1)] public required ComplianceStatus Status { get; init; }
    /// <summary>Code of the policy's requirement.</summary>
    [Id(2)] public required string Requirement { get; init; }
    /// <summary>For example <c>awaiting pre-employment drug test result</c>.</summary>
    [Id(3)] public required string Text { get; init; }
    /// <summary>For example <c>49 CFR 382.301</c>; null for a company's own rule.</summary>
    [Id(4)] public string? Citation { get; init; }
    [Id(5)] public DateTimeOffset? Since { get; init; }
    /// <summary>Last day on which the requirement is still met, or by which it must be, in the rule's zone.</summary>
    [Id(6)] public DateOnly? DueOn { get; init; }
    /// <summary>What would clear it.</summary>
    [Id(7)] public required string Remedy { get; init; }
    [Id(8)] public required Audience Audience { get; init; }
}

/// <summary>One change of the overall status that time alone will bring.</summary>
[GenerateSerializer, Immutable, Alias("StatusTransition")]
public readonly record struct StatusTransition([property: Id(0)] DateTimeOffset At, [property: Id(1)] ComplianceStatus Status);

/// <summary>
/// The answer of the evaluator at one instant. No answer differs between that instant and <see cref="NextTransitionAt"/>.
/// </summary>
[GenerateSerializer, Immutable, Alias("StatusAssessment")]
public sealed record StatusAssessment
{
    [Id(0)] public required ComplianceStatus Status { get; init; }
    /// <summary>Every requirement that is not green, worst first, then by requirement code.</summary>
    [Id(1)] public required ImmutableArray<StatusReason> Reasons { get; init; }
    /// <summary>The next instant at which anything in the answer changes if no fact does; null: never.</summary>
    [Id(2)] public required DateTimeOffset? NextTransitionAt { get; init; }
    /// <summary>The overall status at <see cref="NextTransitionAt"/>.</summary>
    [Id(3)] public required ComplianceStatus? NextStatus { get; init; }
    /// <summary>All later changes of the overall colour, ascending, so that a projection is right however late it is refreshed.</summary>
    [Id(4)] public required ImmutableArray<StatusTransition> Transitions { get; init; }
    [Id(5)] public required int PolicyVersion { get; init; }
}

/// <summary>Functions that a clearance is asked for; a zone is <c>zone:{id}</c>.</summary>
public static class WorkFunctions
{
    public const string Drive = "drive";
    public const string SafetySensitive = "safety-sensitive";
    public const string Work = "work";
    public const string ZonePrefix = "zone:";
}

/// <summary>May this person perform a function at an instant? Anything but a certain yes is <c>Allowed = false</c>.</summary>
[GenerateSerializer, Immutable, Alias("Clearance")]
public sealed record Clearance
{
    [Id(0)] public required bool Allowed { get; init; }
    [Id(1)] public required string Function { get; init; }
    [Id(2)] public required DateTimeOffset At { get; init; }
    /// <summary>The reasons that prohibit; empty when allowed.</summary>
    [Id(3)] public required ImmutableArray<StatusReason> Reasons { get; init; }
    [Id(4)] public required int PolicyVersion { get; init; }
}
