using ComplianceGrid.Status;

namespace ComplianceGrid.Identity;

public sealed class SessionStateTests
{
    /// <summary>What this build writes; every later one must read it.</summary>
    private const string Json = """
        {"start":{"account":"0198f7a2-0000-7000-8000-000000000001","privileged":true,"clientId":"web","ipAddress":"::1","userAgent":"u","signedInAt":"2026-03-02T15:00:00+00:00"},"startedAt":"2026-03-02T15:00:00+00:00","lastActivityAt":"2026-03-02T15:01:00+00:00","endsAt":"2026-03-02T16:00:00+00:00","ended":{"at":"2026-03-02T15:02:00+00:00","reason":"tokenReused"}}
        """;

    [Fact]
    public void Yesterdays_state_is_read() => Golden.IsOf(Json, new SessionState
    {
        Start = new() { Account = Guid.Parse("0198f7a2-0000-7000-8000-000000000001"), Privileged = true, ClientId = "web", IpAddress = "::1", UserAgent = "u", SignedInAt = Given.Monday },
        StartedAt = Given.Monday,
        LastActivityAt = Given.Monday.AddMinutes(1),
        EndsAt = Given.Monday.AddHours(1),
        Ended = new(Given.Monday.AddMinutes(2), SessionEndReason.TokenReused),
    });

    [Fact]
    public void A_state_from_before_a_member_was_there_is_read()
    {
        var read = Golden.Read<SessionState>("{}");
        Assert.Equal((null, null), (read.Start, read.Ended));
    }
}
