using ComplianceGrid.Events;
using static ComplianceGrid.Status.Given;

namespace ComplianceGrid.Status;

public sealed class CertificateTests
{
    /// <summary>Green; amber from midnight 30 days before the last day; red from the midnight after it; in the zone that the rule names.</summary>
    [Theory]
    [InlineData("chicago", null, "2026-11-01T05:00:00Z", "2026-12-02T06:00:00Z")] // 1 Nov is the autumn change
    [InlineData("honolulu", null, "2026-11-01T10:00:00Z", "2026-12-02T10:00:00Z")]
    [InlineData("havana", null, "2026-11-01T04:00:00Z", "2026-12-02T05:00:00Z")] // its midnight happens twice: amber from the first
    [InlineData("chicago", "America/New_York", "2026-11-01T04:00:00Z", "2026-12-02T05:00:00Z")] // the home terminal's goes first (395.8)
    [InlineData("closed-site", null, "2026-11-01T00:00:00Z", "2026-12-02T00:00:00Z")] // the policy's default
    public void It_changes_at_local_midnight(string site, string? homeTerminal, string amber, string red)
    {
        var (amberAt, redAt) = (DateTimeOffset.Parse(amber, null), DateTimeOffset.Parse(red, null));
        var facts = Facts(Driver(site, homeTerminal), Fact(FactOutcome.Satisfied, Monday, Certificate, to: new(2026, 12, 1)));
        Expect(facts, amberAt.AddTicks(-1), ComplianceStatus.Green, null);
        Expect(facts, amberAt, ComplianceStatus.Amber, ReasonCode.Expiring);
        Expect(facts, redAt.AddTicks(-1), ComplianceStatus.Amber, ReasonCode.Expiring);
        Expect(facts, redAt, ComplianceStatus.Red, ReasonCode.Expired);

        var now = StatusEvaluator.Evaluate(facts, Policy(CertificateOnFile), Monday.AddDays(1));
        Assert.Equal((amberAt, ComplianceStatus.Amber), (now.NextTransitionAt, now.NextStatus));
        Assert.Equal([new(amberAt, ComplianceStatus.Amber), new(redAt, ComplianceStatus.Red)], now.Transitions);
    }

    [Fact]
    public void It_expires_into_a_day_whose_midnight_does_not_exist()
    {
        // 28 March is its last day; on the 29th Beirut's clocks go from 24:00 to 01:00.
        var facts = Facts(Driver("beirut"), Fact(FactOutcome.Satisfied, Monday, Certificate, to: new(2026, 3, 28)));
        Expect(facts, Utc(2026, 3, 28, 22).AddTicks(-1), ComplianceStatus.Amber, ReasonCode.Expiring);
        Expect(facts, Utc(2026, 3, 28, 22), ComplianceStatus.Red, ReasonCode.Expired);
    }

    [Fact]
    public void Months_of_validity_count_from_the_effective_day_else_from_the_local_day_of_the_result()
    {
        var yearly = CertificateOnFile with { ValidForMonths = 12, AmberDays = 0 };
        // 04:00 UTC on the 3rd is still the 2nd in Chicago.
        var observed = Facts(Driver(), Fact(FactOutcome.Satisfied, Utc(2026, 3, 3, 4), Certificate));
        Expect(observed, Utc(2027, 3, 3, 6).AddTicks(-1), ComplianceStatus.Amber, ReasonCode.Expiring, yearly);
        Expect(observed, Utc(2027, 3, 3, 6), ComplianceStatus.Red, ReasonCode.Expired, yearly);
        var effective = Facts(Driver(), Fact(FactOutcome.Satisfied, Monday, Certificate, from: new(2026, 2, 20)));
        Expect(effective, Utc(2027, 2, 21, 6), ComplianceStatus.Red, ReasonCode.Expired, yearly);
        // What the source states goes before the policy's months.
        var stated = Facts(Driver(), Fact(FactOutcome.Satisfied, Monday, Certificate, to: new(2026, 6, 1)));
        Expect(stated, Utc(2026, 6, 2, 5), ComplianceStatus.Red, ReasonCode.Expired, yearly);
    }

    [Fact]
    public void A_renewal_without_gap_ends_the_amber_and_a_gap_does_not()
    {
        var old = Fact(FactOutcome.Satisfied, Monday, Certificate, to: new(2026, 12, 1));
        var renewal = Fact(FactOutcome.Satisfied, Utc(2026, 11, 10), Certificate, "order/2", from: new(2026, 12, 2), to: new(2027, 12, 1));
        Expect(Facts(Driver(), old, renewal), Utc(2026, 11, 20), ComplianceStatus.Green, null);
        Expect(Facts(Driver(), old, renewal), Utc(2026, 12, 2, 6), ComplianceStatus.Green, null);
        var late = renewal with { EffectiveOn = new(2026, 12, 3) };
        Expect(Facts(Driver(), old, late), Utc(2026, 11, 20), ComplianceStatus.Amber, ReasonCode.Expiring);
        Expect(Facts(Driver(), old, late), Utc(2026, 12, 2, 6), ComplianceStatus.Red, ReasonCode.Expired);
        Expect(Facts(Driver(), old, late), Utc(2026, 12, 3, 6), ComplianceStatus.Green, null);
    }

    [Fact]
    public void What_does_not_begin_later_or_does_not_last_longer_is_no_renewal()
    {
        var governing = Fact(FactOutcome.Satisfied, Monday.AddDays(1), Certificate, "order/2", from: new(2026, 3, 10), to: new(2026, 12, 1));
        var longer = Fact(FactOutcome.Satisfied, Monday, Certificate, to: new(2027, 12, 1));
        Expect(Facts(Driver(), longer, governing), Utc(2026, 11, 20), ComplianceStatus.Amber, ReasonCode.Expiring);
        Expect(Facts(Driver(), longer with { EffectiveOn = governing.EffectiveOn }, governing), Utc(2026, 11, 20), ComplianceStatus.Amber, ReasonCode.Expiring);
        var asLong = Fact(FactOutcome.Satisfied, Monday.AddDays(2), Certificate, "order/3", from: new(2026, 11, 25), to: new(2026, 12, 1));
        Expect(Facts(Driver(), governing, asLong), Utc(2026, 11, 20), ComplianceStatus.Amber, ReasonCode.Expiring);
    }

    [Fact]
    public void Of_two_established_at_one_instant_the_last_by_source_governs()
    {
        Fact[] both =
        [
            Fact(FactOutcome.Satisfied, Monday, Certificate, "order/1", to: new(2027, 12, 1)),
            Fact(FactOutcome.Satisfied, Monday, Certificate, "order/2", to: new(2026, 6, 1)),
        ];
        Expect(Facts(Driver(), both), Utc(2026, 8, 1), ComplianceStatus.Red, ReasonCode.Expired);
        Expect(Facts(Driver(), [both[1], both[0]]), Utc(2026, 8, 1), ComplianceStatus.Red, ReasonCode.Expired);
    }

    [Fact]
    public void An_expired_item_stays_expired_while_its_renewal_is_awaited_and_the_remedy_says_so()
    {
        var facts = Facts(Driver(), Fact(FactOutcome.Satisfied, Monday, Certificate, to: new(2026, 4, 1)),
            Fact(FactOutcome.Pending, Utc(2026, 3, 25), Certificate, "order/2"));
        var reason = Expect(facts, Utc(2026, 5, 1), ComplianceStatus.Red, ReasonCode.Expired);
        Assert.Equal("medical certificate expired on 2026-04-01", reason!.Text);
        Assert.Contains("awaited", reason.Remedy, StringComparison.Ordinal);
        Assert.Equal(new DateOnly(2026, 4, 1), reason.DueOn);
    }

    [Fact]
    public void Dates_at_the_ends_of_the_calendar_harm_nobody()
    {
        Expect(Facts(Driver(), Fact(FactOutcome.Satisfied, Monday, Certificate, to: DateOnly.MaxValue)), Monday, ComplianceStatus.Green, null);
        Expect(Facts(Driver(), Fact(FactOutcome.Satisfied, Monday, Certificate, from: DateOnly.MinValue, to: DateOnly.MinValue)), Monday, ComplianceStatus.Red, ReasonCode.Expired);
        Expect(Facts(Driver(), Fact(FactOutcome.Satisfied, DateTimeOffset.MinValue, Certificate)), Monday, ComplianceStatus.Green, null);
    }

    private static StatusReason? Expect(EmployeeFacts facts, DateTimeOffset at, ComplianceStatus status, ReasonCode? code, Policies.Requirement? requirement = null)
    {
        var assessment = StatusEvaluator.Evaluate(facts, Policy(requirement ?? CertificateOnFile), at);
        Assert.Equal((status, code), (assessment.Status, assessment.Reasons.SingleOrDefault()?.Code));
        return assessment.Reasons.SingleOrDefault();
    }
}
