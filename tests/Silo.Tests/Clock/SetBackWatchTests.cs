using ComplianceGrid.Silo.Clock;
using Microsoft.Extensions.Time.Testing;

namespace ComplianceGrid.Silo.Tests.Clock;

public sealed class SetBackWatchTests
{
    private readonly FakeTimeProvider _time = new(new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public void Time_that_passes_sets_nothing_back()
    {
        var watch = new SetBackWatch(_time);
        for (var look = 0; look < 3; look++)
        {
            _time.Advance(TimeSpan.FromHours(5));
            Assert.Equal(TimeSpan.Zero, watch.Look());
        }
    }

    [Fact]
    public void It_tells_how_far_behind_the_furthest_look_a_clock_is()
    {
        var machine = new WrongClock(_time);
        var watch = new SetBackWatch(machine);
        Assert.Equal([0, 0, 4, 1, 0, 0, 21], ((int[])[0, 6, 2, 5, 6, 11, -10]).Select(minutes =>
        {
            machine.Ahead = TimeSpan.FromMinutes(minutes);
            _time.Advance(TimeSpan.FromSeconds(7));
            return watch.Look().TotalMinutes;
        }));
    }
}
