using ComplianceGrid.Gateway.Inbox;
using ComplianceGrid.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.Gateway.Tests.Inbox;

public sealed class BackoffTests
{
    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 4)]
    [InlineData(4, 32)]
    [InlineData(5, 60)]
    [InlineData(100_000, 60)]
    public void Pauses_double_up_to_the_longest_each_with_up_to_a_fifth_of_jitter(int failures, double seconds)
    {
        var options = Options.Create(new InboxOptions { FirstDelaySeconds = 2, LongestDelaySeconds = 60 });
        var backoff = new Backoff(options, new Jitter(seed: 7));
        double[] pauses = [.. Enumerable.Range(0, 200).Select(_ => backoff.After(failures).TotalSeconds)];
        Assert.All(pauses, pause => Assert.InRange(pause, seconds, seconds * 1.2));
        Assert.True(pauses.Max() - pauses.Min() > seconds * 0.15, "They spread.");
        Assert.Equal(pauses[0], new Backoff(options, new Jitter(seed: 7)).After(failures).TotalSeconds);
    }
}
