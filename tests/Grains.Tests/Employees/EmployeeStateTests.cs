using System.Collections.Immutable;
using System.Text.Json;
using ComplianceGrid.Events;
using ComplianceGrid.Status;
using ComplianceGrid.Storage;

namespace ComplianceGrid.Employees;

public sealed class EmployeeStateTests
{
    /// <summary>What this build writes; every later one must read it.</summary>
    private const string Json = """
        {"profile":{"employeeNumber":"E1","givenName":"Dana","familyName":"Reyes","site":"chicago","roles":["driver"],"dotModes":["fmcsa"],"hiredOn":"2026-03-02"},"facts":[{"key":"order/1","v":4,"is":"satisfied","item":"drug-test.pre-employment","at":"2026-03-02T15:00:00+00:00","from":"2026-03-02","to":"2027-03-02"},{"key":"order/2","v":2,"is":"cancelled"}],"waivers":[{"requirement":"handbook","requestedBy":"ann","approvedBy":"bob","until":"2026-06-01"}],"ordered":["dot-pre-employment-drug-test"],"revision":7,"recorded":"amber","policyVersion":3,"holdsUntil":"2026-06-02T05:00:00+00:00"}
        """;

    private static readonly EmployeeState Written = new()
    {
        Profile = Given.Driver(),
        Facts =
        [
            Given.Fact(FactOutcome.Satisfied, Given.Monday, from: new(2026, 3, 2), to: new(2027, 3, 2), version: 4),
            new() { SourceKey = "order/2", SourceVersion = 2, Outcome = FactOutcome.Cancelled },
        ],
        Waivers = [new() { Requirement = "handbook", RequestedBy = "ann", ApprovedBy = "bob", Until = new(2026, 6, 1) }],
        Ordered = ["dot-pre-employment-drug-test"],
        Revision = 7,
        Recorded = ComplianceStatus.Amber,
        PolicyVersion = 3,
        HoldsUntil = Given.Utc(2026, 6, 2, 5),
    };

    [Fact]
    public void Yesterdays_state_is_read() => Golden.IsOf(Json, Written);

    [Fact]
    public void A_state_from_before_a_member_was_there_is_read()
    {
        var read = Golden.Read<EmployeeState>("{}");
        Assert.Equal((0, 0, 0, 0L, null), (read.Facts.Length, read.Waivers.Length, read.Ordered.Length, read.Revision, read.HoldsUntil));
        Golden.IsOf(Json.Replace(",\"holdsUntil\":\"2026-06-02T05:00:00+00:00\"", "", StringComparison.Ordinal), Written with { HoldsUntil = null });
    }

    /// <summary>Twelve items, each renewed every year for five years, one cancelled order a year each, and every waiver in use.</summary>
    [Fact]
    public void A_long_employment_stays_below_16_KB()
    {
        var facts = ImmutableArray<Fact>.Empty;
        var n = 0;
        for (var item = 0; item < 12; item++)
        {
            for (var year = 2021; year < 2026; year++)
            {
                facts = FactBook.Apply(facts, Event(item, year, ++n, FactOutcome.Satisfied));
                if (item < 6) facts = FactBook.Apply(facts, Event(item, year, ++n, FactOutcome.Cancelled));
            }
        }

        var state = Written with
        {
            Facts = facts,
            Ordered = [.. Enumerable.Range(0, 12).Select(i => $"some-requirement-of-the-policy-{i}")],
            Waivers = [.. Enumerable.Range(0, 12).Select(i => Written.Waivers[0] with { Requirement = $"some-requirement-of-the-policy-{i}" })],
        };
        var size = JsonSerializer.SerializeToUtf8Bytes(state, GridJson.Options).Length;
        Assert.True(size < 16 * 1024, $"{size} bytes");
    }

    private static EventData Event(int item, int year, int n, FactOutcome outcome) => new()
    {
        SourceKey = $"order/0198f7a2-0000-7000-8000-{n:D12}",
        SourceVersion = 3,
        Item = $"some-item.of-kind-{item}",
        Outcome = outcome,
        ObservedAt = new(year, 3, 2, 15, 4, 5, 678, TimeSpan.Zero),
        EffectiveOn = new(year, 3, 2),
        ExpiresOn = new(year + 1, 3, 2),
        ExpectedBy = new(year, 3, 9, 15, 4, 5, 678, TimeSpan.Zero),
    };
}
