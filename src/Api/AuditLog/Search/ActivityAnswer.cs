using System.ComponentModel;
using ComplianceGrid.Api.AuditLog.Entries;

namespace ComplianceGrid.Api.AuditLog.Search;

/// <summary>What a user did in a period.</summary>
internal sealed record ActivityAnswer
{
    public required string UserId { get; init; }
    public required DateTimeOffset From { get; init; }
    [Description("Absent: until now.")]
    public DateTimeOffset? To { get; init; }
    [Description("Of the whole period; with the first page only.")]
    public ActivitySummary? Summary { get; init; }
    [Description("Newest first.")]
    public required IReadOnlyList<EntryAnswer> Items { get; init; }
    public string? Next { get; init; }
}

internal sealed record ActivitySummary
{
    [Description("When the user's first entry of the period went on record; absent: there is none.")]
    public DateTimeOffset? First { get; init; }
    public DateTimeOffset? Last { get; init; }
    [Description("Entries by action.")]
    public required IReadOnlyDictionary<string, long> ByAction { get; init; }
    [Description("False: only the newest 100,000 entries were counted.")]
    public required bool IsComplete { get; init; }
}
