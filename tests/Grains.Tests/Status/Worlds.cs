using System.Collections.Immutable;
using ComplianceGrid.Employees;
using ComplianceGrid.Events;
using ComplianceGrid.Policies;
using CsCheck;

namespace ComplianceGrid.Status;

/// <summary>A person, a policy and an instant, made up.</summary>
internal sealed record World(EmployeeFacts Facts, PolicyVersion Policy, DateTimeOffset Now);

/// <summary>Few items, days and keys, so that facts meet; instants cluster around the days' borders.</summary>
internal static class Worlds
{
    private static readonly DateOnly First = new(2026, 1, 1);
    private static readonly string[] Items = ["a", "b", "c"];

    public static readonly Gen<DateOnly> Day = Gen.Int[0, 700].Select(First.AddDays);

    public static readonly Gen<DateTimeOffset> Instant = Gen.Select(Gen.Int[0, 700], Gen.Int[0, 47], Gen.Int[-1, 1]).Select((day, half, tick) =>
        new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddDays(day).AddMinutes(30 * half).AddTicks(tick * TimeSpan.TicksPerMicrosecond));

    public static readonly Gen<EventData> Event = Gen.Select(
        Gen.Int[0, 7], Gen.Long[1, 4], Among(Items), Gen.Enum<FactOutcome>(), Instant,
        Gen.Select(Day.Maybe(), Day.Maybe(), Instant.Maybe(), Gen.Bool, Gen.Int[0, 9].Select(n => n == 0)))
        .Select((key, version, item, outcome, at, more) => new EventData
        {
            SourceKey = $"order/{key}",
            SourceVersion = version,
            Item = item,
            Outcome = outcome,
            ObservedAt = at,
            EffectiveOn = more.Item1,
            ExpiresOn = more.Item2,
            ExpectedBy = more.Item3,
            Dot = more.Item4,
            Retracted = more.Item5,
        });

    private static readonly Gen<Requirement> Asked = Gen.Select(
        Among(Items), Gen.Enum<Gate>(), Gen.Int[0, 400], Gen.Int[1, 24].Maybe(), Gen.Int[0, 90], Gen.Bool)
        .Select((item, gate, due, months, amber, waivable) => new Requirement
        {
            Code = "",
            Title = $"test {item}",
            Item = item,
            Gate = gate,
            DueDaysAfterHire = due,
            ValidForMonths = months,
            AmberDays = amber,
            Waivable = waivable,
        });

    public static readonly Gen<World> World = Gen.Select(
        Event.Array[0, 12], Asked.Array[0, 5], Day, Day.Maybe(),
        Among("chicago", "havana", "beirut", "honolulu"), Gen.Select(Day.Maybe(), Instant))
        .Select((events, asked, hired, ended, site, rest) =>
        {
            var requirements = asked.Select((r, i) => r with { Code = $"r{i}" }).ToArray();
            var facts = events.Aggregate(ImmutableArray<Fact>.Empty, FactBook.Apply);
            var profile = Given.Driver(site, hiredOn: hired, endedOn: ended > hired ? ended : null);
            var waivers = rest.Item1 is { } until && requirements.Length > 0
                ? ImmutableArray.Create(new Waiver { Requirement = "r0", RequestedBy = "ann", ApprovedBy = "bob", Until = until })
                : [];
            return new World(new(profile, facts, waivers), Given.Policy(requirements), rest.Item2);
        });

    public static Gen<T> Among<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static Gen<T?> Maybe<T>(this Gen<T> gen) where T : struct =>
        Gen.Select(Gen.Bool, gen).Select((there, value) => there ? value : (T?)null);
}
