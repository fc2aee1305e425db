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

internal sealed record ActivitySummary(
    [property: Description("When the user's first entry of the period went on record.")] DateTimeOffset? First,
    DateTimeOffset? Last,
    [property: Description("Entries by action.")] IReadOnlyDictionary<string, long> ByAction,
    [property: Description("False: only the newest 100,000 entries were counted.")] bool IsComplete);
