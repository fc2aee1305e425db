using ComplianceGrid.Status;

namespace ComplianceGrid.Policies;

public sealed class PolicyStateTests
{
    /// <summary>What this build writes; every later one must read it.</summary>
    private const string Json = """
        {"inForce":{"version":3,"inForceSince":"2026-01-01T00:00:00+00:00","policy":{"sites":[{"code":"chicago","name":"Chicago","timeZone":"America/Chicago","jurisdiction":"US-IL"}],"requirements":[{"code":"dot-pre-employment-drug-test","title":"pre-employment drug test","item":"drug-test.pre-employment","gate":"beforeWork","roles":[],"dotModes":[],"sites":[],"dueDaysAfterHire":0,"amberDays":30,"functions":["safety-sensitive"],"citation":"49 CFR 382.301","audience":"drugAndAlcohol","waivable":false,"order":{"vendor":"quest","product":"dot5","serviceDays":7,"dot":true}},{"code":"handbook","title":"handbook acknowledgement","item":"handbook","gate":"byDate","roles":[],"dotModes":[],"sites":[],"dueDaysAfterHire":60,"amberDays":30,"functions":[],"audience":"everyone","waivable":true}],"defaultTimeZone":"Etc/UTC","coverageTargetPercent":95,"reviewDueOn":"2026-06-30"},"publishedBy":"ann"},"history":[{"version":2,"inForceSince":"2025-01-01T00:00:00+00:00","publishedBy":"ann"}],"revision":9,"recorded":"amber"}
        """;

    private static readonly PolicyVersion Version =
        Given.Policy(Given.PreEmploymentTest with { Order = new() { Vendor = "quest", Product = "dot5", ServiceDays = 7, Dot = true } }, Given.Handbook);

    private static readonly PolicyState Written = new()
    {
        InForce = Version with
        {
            Policy = Version.Policy with
            {
                Sites = [new() { Code = "chicago", Name = "Chicago", TimeZone = "America/Chicago", Jurisdiction = "US-IL" }],
                ReviewDueOn = new(2026, 6, 30),
            },
        },
        History = [new(2, Given.Utc(2025, 1, 1), "ann")],
        Revision = 9,
        Recorded = ComplianceStatus.Amber,
    };

    [Fact]
    public void Yesterdays_state_is_read() => Golden.IsOf(Json, Written);

    [Fact]
    public void A_state_from_before_a_member_was_there_is_read()
    {
        var read = Golden.Read<PolicyState>("{}");
        Assert.Equal((null, 0, 0L, null), (read.InForce, read.History.Length, read.Revision, read.Recorded));
    }
}
