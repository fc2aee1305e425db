using System.Text.Json;
using System.Text.Json.Serialization;
using ComplianceGrid.Events;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Status;

/// <summary>
/// What a source says now of one of its objects: the state's short form of <see cref="EventData"/>. A withdrawn or cancelled
/// one keeps key and version alone, so that a late repeat of what it said before does not count again.
/// </summary>
public sealed record Fact
{
    [JsonPropertyName("key")] public required string SourceKey { get; init; }
    [JsonPropertyName("v")] public required long SourceVersion { get; init; }
    [JsonPropertyName("is")] public required FactOutcome Outcome { get; init; }
    [JsonPropertyName("item")] public string? Item { get; init; }
    [JsonPropertyName("at"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public DateTimeOffset ObservedAt { get; init; }
    [JsonPropertyName("from")] public DateOnly? EffectiveOn { get; init; }
    [JsonPropertyName("to")] public DateOnly? ExpiresOn { get; init; }
    [JsonPropertyName("by")] public DateTimeOffset? ExpectedBy { get; init; }

    /// <summary>Members that a later build has added: kept, and written back. Null: there are none.</summary>
    [JsonExtensionData] public Dictionary<string, JsonElement>? Later { get; init; }

    /// <summary>It counts: neither withdrawn by its source nor cancelled without a result.</summary>
    [JsonIgnore] public bool Stands => Outcome != FactOutcome.Cancelled;

    [JsonIgnore] public bool IsAdverse => Outcome is FactOutcome.Failed or FactOutcome.Prohibited;

    /// <summary>A result that settles the item one way or the other.</summary>
    [JsonIgnore] public bool IsDecisive => Outcome == FactOutcome.Satisfied || IsAdverse;

    public static Fact From(EventData data)
    {
        if (data.Retracted || data.Outcome == FactOutcome.Cancelled)
            return new() { SourceKey = data.SourceKey, SourceVersion = data.SourceVersion, Outcome = FactOutcome.Cancelled };

        // 49 CFR 40.97: until the medical review officer has verified a DOT test, it reads as pending.
        var outcome = data is { Dot: true, Outcome: FactOutcome.AwaitingReview } ? FactOutcome.Pending : data.Outcome;
        return new()
        {
            SourceKey = data.SourceKey,
            SourceVersion = data.SourceVersion,
            Item = data.Item,
            Outcome = outcome,
            ObservedAt = data.ObservedAt.ToMicroseconds(),
            EffectiveOn = data.EffectiveOn,
            ExpiresOn = data.ExpiresOn,
            ExpectedBy = outcome == FactOutcome.Pending ? data.ExpectedBy?.ToMicroseconds() : null, // a result is not late any more
        };
    }
}
