using ComplianceGrid.Silo.Clock;
using Microsoft.Extensions.Time.Testing;

namespace ComplianceGrid.Silo.Tests.Clock;

public sealed class GridClockTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _machine = new(Noon);
    private readonly GridClock _clock;

    public GridClockTests() => _clock = new(_machine);

    [Fact]
    public void Before_the_first_reading_it_is_the_machine_s()
    {
        Assert.Equal(Noon, _clock.GetUtcNow());
        _machine.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(Noon.AddSeconds(3), _clock.GetUtcNow());
        Assert.Equal(TimeSpan.Zero, _clock.MachineAhead);
    }

    [Theory]
    [InlineData(3_600)]
    [InlineData(-3_600)]
    [InlineData(0.2)]
    public void What_was_shown_was_so_half_way_between_question_and_answer(double seconds)
    {
        var shown = Noon.AddSeconds(seconds);
        Follow(shown, took: TimeSpan.FromMilliseconds(100));

        Assert.Equal(shown.AddMilliseconds(50), _clock.GetUtcNow());
        _machine.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(shown.AddMilliseconds(50).AddMinutes(10), _clock.GetUtcNow());
        Assert.Equal(TimeSpan.FromMilliseconds(50) - TimeSpan.FromSeconds(seconds), _clock.MachineAhead);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(37)]
    [InlineData(100)]
    public void It_does_not_step_for_what_it_may_have_shown_itself(int milliseconds)
    {
        Follow(_clock.GetUtcNow().AddMilliseconds(milliseconds), took: TimeSpan.FromMilliseconds(100));
        Assert.Equal(Noon.AddMilliseconds(100), _clock.GetUtcNow());
    }

    [Fact]
    public void A_machine_that_is_set_does_not_move_it()
    {
        var machine = new WrongClock(_machine) { Ahead = TimeSpan.FromHours(1) };
        var clock = new GridClock(machine);
        clock.Follow(Noon, clock.GetTimestamp(), clock.GetTimestamp());
        foreach (var ahead in (TimeSpan[])[TimeSpan.FromMinutes(-59), TimeSpan.Zero, TimeSpan.FromDays(400)])
        {
            machine.Ahead = ahead;
            Assert.Equal(Noon, clock.GetUtcNow());
            Assert.Equal(ahead, clock.MachineAhead);
        }
    }

    private void Follow(DateTimeOffset shown, TimeSpan took)
    {
        var asked = _clock.GetTimestamp();
        _machine.Advance(took);
        _clock.Follow(shown, asked, _clock.GetTimestamp());
    }
}
