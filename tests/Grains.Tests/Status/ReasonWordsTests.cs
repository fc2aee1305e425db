using ComplianceGrid.Events;
using ComplianceGrid.Policies;
using static ComplianceGrid.Status.Given;

namespace ComplianceGrid.Status;

/// <summary>What a person reads, and what it says to do.</summary>
public sealed class ReasonWordsTests
{
    private static readonly Requirement Ordered = CertificateOnFile with { Order = new() { Vendor = "v", Product = "p" } };
    private static readonly DateTimeOffset Now = Monday.AddDays(1), Late = Monday.AddHours(2), Due = Utc(2026, 4, 10), Overdue = Utc(2026, 6, 1);
    private static readonly Fact Order = Fact(FactOutcome.Pending, Monday, Certificate);
    private static readonly Fact HandbookSent = Fact(FactOutcome.Pending, Monday, "handbook");
    private static readonly Fact Valid = Fact(FactOutcome.Satisfied, Monday, Certificate, to: new(2026, 3, 20));
    private static readonly Fact Renewal = Fact(FactOutcome.Pending, Now, Certificate, "order/2");

    public static TheoryData<string, string, Requirement, DateTimeOffset, Fact[]> Words => new()
    {
        { "no medical certificate on file", "record the medical certificate", CertificateOnFile, Now, [] },
        { "no medical certificate on file", "order the medical certificate", Ordered, Now, [] },
        { "awaiting medical certificate result", "a satisfactory medical certificate result", CertificateOnFile, Now, [Order] },
        { "medical certificate result is late: it was expected by 2026-03-02", "ask the vendor for the result, or order again", CertificateOnFile, Now, [Order with { ExpectedBy = Late }] },
        { "medical certificate result awaits review", "a decision on the medical certificate result", CertificateOnFile, Now, [Order with { Outcome = FactOutcome.AwaitingReview }] },
        { "medical certificate expires on 2026-03-20", "renew the medical certificate", CertificateOnFile, Now, [Valid] },
        { "medical certificate expires on 2026-03-20", "a satisfactory medical certificate result, which is awaited", CertificateOnFile, Now.AddDays(1), [Valid, Renewal] },
        { "medical certificate expired on 2026-03-20", "renew the medical certificate", CertificateOnFile, Due, [Valid] },
        { "medical certificate expired on 2026-03-20", "a satisfactory medical certificate result, which is awaited", CertificateOnFile, Due, [Valid, Renewal] },
        { "medical certificate not passed", "a later satisfactory medical certificate result", CertificateOnFile, Now, [Valid with { Outcome = FactOutcome.Failed }] },
        { "prohibited by the medical certificate result", "complete what the regulation demands before return to duty", CertificateOnFile, Now, [Valid with { Outcome = FactOutcome.Prohibited }] },
        { "handbook acknowledgement is due by 2026-05-01", "record the handbook acknowledgement", Handbook, Due, [] },
        { "handbook acknowledgement is due by 2026-05-01", "a satisfactory handbook acknowledgement result, which is awaited", Handbook, Due, [HandbookSent] },
        { "handbook acknowledgement was due by 2026-05-01", "record the handbook acknowledgement", Handbook, Overdue, [] },
        { "handbook acknowledgement was due by 2026-05-01", "a satisfactory handbook acknowledgement result, which is awaited", Handbook, Overdue, [HandbookSent] },
    };

    [Theory]
    [MemberData(nameof(Words), DisableDiscoveryEnumeration = true)]
    public void A_reason_says_what_is_wrong_and_what_would_clear_it(string text, string remedy, Requirement requirement, DateTimeOffset at, Fact[] facts)
    {
        var reason = StatusEvaluator.Evaluate(Facts(Driver(), facts), Policy(requirement), at).Reasons.Single();
        Assert.Equal((text, remedy), (reason.Text, reason.Remedy));
    }

    [Fact]
    public void A_waived_reason_says_until_when_and_what()
    {
        var reason = StatusEvaluator.Evaluate(Facts(Driver()).Waived(Handbook, new(2026, 6, 30)), Policy(Handbook), Overdue).Reasons.Single();
        Assert.Equal(("waived until 2026-06-30: handbook acknowledgement was due by 2026-05-01", "record the handbook acknowledgement"), (reason.Text, reason.Remedy));
    }

    [Fact]
    public void What_expires_does_so_since_its_amber_began_and_no_longer_than_it_is_in_force()
    {
        Assert.Equal(Utc(2026, 11, 1, 5), SinceOf(Valid with { ExpiresOn = new(2026, 12, 1) }, Utc(2026, 11, 20)));
        Assert.Equal(Monday, SinceOf(Valid, Now)); // its amber would begin in February

        static DateTimeOffset? SinceOf(Fact certificate, DateTimeOffset at) => StatusEvaluator.Evaluate(Facts(Driver(), certificate), Policy(CertificateOnFile), at).Reasons.Single().Since;
    }

    [Fact]
    public void What_has_always_been_so_has_no_beginning() =>
        Assert.Null(StatusEvaluator.Evaluate(Facts(Driver(hiredOn: new(1850, 1, 1))), Policy(CertificateOnFile), Now).Reasons.Single().Since);
}
