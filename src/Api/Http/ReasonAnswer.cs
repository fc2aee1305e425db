using System.Collections.Immutable;
using System.ComponentModel;
using System.Globalization;
using ComplianceGrid.Api.Security;
using ComplianceGrid.Status;

namespace ComplianceGrid.Api.Http;

/// <summary>Why a requirement has its colour, as far as the caller may read it.</summary>
internal sealed record ReasonAnswer
{
    [Description("Stable number with a section in the documentation, for example GRID-2002.")]
    public required string Code { get; init; }
    [Description("What kind of reason it is: missing, pending, expired, expiring, awaitingReview, vendorLate, failed, prohibited …")]
    public required ReasonCode Kind { get; init; }
    public required ComplianceStatus Status { get; init; }
    [Description("Code of the policy's requirement; absent in a referral.")]
    public string? Requirement { get; init; }
    public required string Text { get; init; }
    [Description("For example 49 CFR 382.301; absent for a company's own rule.")]
    public string? Citation { get; init; }
    public DateTimeOffset? Since { get; init; }
    public DateOnly? DueOn { get; init; }
    [Description("What would clear it.")]
    public required string Remedy { get; init; }

    public static ImmutableArray<ReasonAnswer> Of(ImmutableArray<StatusReason> reasons, Caller caller, Guid employee) =>
        [.. reasons.For(caller, employee).Select(reason => new ReasonAnswer
        {
            Code = string.Create(CultureInfo.InvariantCulture, $"GRID-{(int)reason.Code:0000}"),
            Kind = reason.Code,
            Status = reason.Status,
            Requirement = reason.Requirement.Length == 0 ? null : reason.Requirement,
            Text = reason.Text,
            Citation = reason.Citation,
            Since = reason.Since,
            DueOn = reason.DueOn,
            Remedy = reason.Remedy,
        })];
}
