using System.Collections.Immutable;
using System.ComponentModel;
using ComplianceGrid.Api.Http;

namespace ComplianceGrid.Api.Employees;

internal sealed record ClearanceBatchBody
{
    [Description("1 to 1,000 questions.")]
    public required ClearanceQuestion[] Questions { get; init; }
}

internal sealed record ClearanceQuestion
{
    public required Guid EmployeeId { get; init; }
    [Description("drive, safety-sensitive, work, or zone:{id}.")]
    public required string Function { get; init; }
    [Description("The instant in question; absent: now.")]
    public DateTimeOffset? At { get; init; }
}

/// <summary>May this person perform the function at that instant?</summary>
internal sealed record ClearanceAnswer
{
    public required Guid EmployeeId { get; init; }
    public required string Function { get; init; }
    public required DateTimeOffset At { get; init; }
    [Description("Anything but a certain yes is false: no data and no answer in time too.")]
    public required bool Allowed { get; init; }
    [Description("False: the grid gave no answer in time, so it is prohibited until it does.")]
    public required bool Answered { get; init; }
    [Description("What prohibits, as far as the caller may read it.")]
    public required ImmutableArray<ReasonAnswer> Reasons { get; init; }
    public required int PolicyVersion { get; init; }
}

internal sealed record ClearanceBatchAnswer([property: Description("In the order of the questions.")] ImmutableArray<ClearanceAnswer> Answers);
