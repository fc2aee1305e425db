using ComplianceGrid.Status;

namespace ComplianceGrid.Identity;

public sealed class LockOutStateTests
{
    /// <summary>What this build writes; every later one must read it.</summary>
    private const string Json = """
        {"strangers":{"tries":[{"attempt":"0198f7a2-0000-7000-8000-000000000001","at":"2026-03-02T15:00:00+00:00","failed":true}],"lockedUntil":"2026-03-02T15:30:00+00:00","toldBy":"0198f7a2-0000-7000-8000-000000000001"},"devices":[{"device":"d1","seenAt":"2026-03-02T15:00:00+00:00","counter":{"tries":[]}}]}
        """;

    private static readonly Guid Attempt = Guid.Parse("0198f7a2-0000-7000-8000-000000000001");

    [Fact]
    public void Yesterdays_state_is_read() => Golden.IsOf(Json, new LockOutState
    {
        Strangers = new() { Tries = [new(Attempt, Given.Monday, Failed: true)], LockedUntil = Given.Monday.AddMinutes(30), ToldBy = Attempt },
        Devices = [new("d1", Given.Monday, LockOutCounter.Empty)],
    });

    [Fact]
    public void A_state_from_before_a_member_was_there_is_read() => Assert.True(Golden.Read<LockOutState>("{}").IsNothing);
}
