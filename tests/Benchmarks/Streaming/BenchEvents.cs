using ComplianceGrid.Events;

namespace ComplianceGrid.Benchmarks.Streaming;

/// <summary>Events of the usual size, for grains that only count them.</summary>
internal static class BenchEvents
{
    public const int Streams = 1_000;

    /// <summary>The source's object of events whose delivery is timed from their <c>time</c>, which is when they were due.</summary>
    public const string Timed = "bench/timed";

    private static readonly string[] Keys = [.. Enumerable.Range(0, Streams).Select(n => $"bench-streams/{new Guid(n, 0, 0, new byte[8]):D}")];

    public static ComplianceEvent Of(long number, DateTimeOffset at, bool isTimed = false) => new()
    {
        Id = $"bench-{number}",
        Source = "bench",
        Type = EventTypes.BackgroundReport,
        Time = at,
        Namespace = StreamNamespaces.Compliance,
        Key = Keys[number % Streams],
        Data = new()
        {
            SourceKey = isTimed ? Timed : "bench/report",
            SourceVersion = number,
            Item = ComplianceItems.BackgroundCheck,
            Outcome = FactOutcome.Satisfied,
            VendorOutcome = "clear",
            ObservedAt = at,
            EffectiveOn = new(2026, 1, 5),
        },
    };
}
