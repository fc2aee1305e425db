using ComplianceGrid.Api.Identity.Accounts;
using ComplianceGrid.Api.Identity.Server.Keys;
using CsCheck;

namespace ComplianceGrid.Api.Tests.Identity.Server;

public sealed class ServerKeyPlanTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Life = TimeSpan.FromDays(90);

    /// <summary>
    /// A year and more of looks at any moments: there is always a key in force, the one that signs was published for an hour before (but
    /// for the very first), and none is dropped while something signed with it can live.
    /// </summary>
    [Fact]
    public void Whenever_it_is_looked_a_key_signs_that_everybody_has_and_none_is_dropped_too_early() =>
        Gen.Int[1, 60 * 24 * 5].Array[20, 400].Sample(minutes =>
        {
            var (now, number) = (Start, 0);
            List<(ServerKey Key, DateTimeOffset Published)> kept = [];
            var lastSigned = new Dictionary<string, DateTimeOffset>();
            foreach (var step in minutes)
            {
                now += TimeSpan.FromMinutes(step);
                if (ServerKeyPlan.Next([.. kept.Select(k => k.Key)], now, Life) is { } from)
                    kept.Add((new() { Id = $"{number++:000}", Use = ServerKeyUse.Sign, ActiveFrom = from, Wrapped = [] }, now));
                foreach (var spent in ServerKeyPlan.Spent([.. kept.Select(k => k.Key)], now))
                {
                    Assert.True(!lastSigned.TryGetValue(spent.Id, out var last) || now - last >= TimeSpan.FromHours(12));
                    kept.RemoveAll(k => k.Key == spent);
                }

                var signing = ServerKeyPlan.InOrder(kept.Select(k => k.Key), now)[0];
                Assert.True(signing.ActiveFrom <= now);
                if (signing.Id != "000") Assert.True(now - kept.Single(k => k.Key == signing).Published >= TimeSpan.FromHours(1));
                Assert.True(now - signing.ActiveFrom <= Life + TimeSpan.FromDays(5) + TimeSpan.FromHours(1)); // nobody looked for five days at most
                lastSigned[signing.Id] = now;
            }
        });

    [Fact]
    public void Two_keys_of_one_instant_are_ordered_alike_everywhere()
    {
        ServerKey[] keys = [Key("b", Start), Key("a", Start), Key("c", Start.AddDays(1))];
        Assert.Equal(["a", "b", "c"], ServerKeyPlan.InOrder(keys, Start.AddHours(1)).Select(key => key.Id));
        Assert.Equal(["c", "a", "b"], ServerKeyPlan.InOrder(keys.Reverse(), Start.AddDays(2)).Select(key => key.Id));
    }

    private static ServerKey Key(string id, DateTimeOffset from) => new() { Id = id, Use = ServerKeyUse.Sign, ActiveFrom = from, Wrapped = [] };
}
