using System.Threading.Channels;
using ComplianceGrid.ServiceDefaults.Loops;
using ComplianceGrid.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ComplianceGrid.ServiceDefaults.Tests.Loops;

public sealed class GridLoopTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Works_on_while_there_is_work_pauses_when_idle_and_stops()
    {
        var time = new ListedPauses();
        using var loop = new Scripted(time);
        await loop.StartAsync(Ct);

        await loop.Next(() => true);
        await loop.Next(() => true); // at once: no time has passed
        await loop.Next(() => false);
        await loop.PausedAsync(Idle);
        await loop.Next(() => false);

        await loop.StopAsync(Ct);
        Assert.True(loop.ExecuteTask!.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Goes_on_after_a_failure_and_shows_how_long_it_stood()
    {
        var time = new ListedPauses();
        using var loop = new Scripted(time);
        await loop.StartAsync(Ct);

        await loop.Next(() => throw new InvalidOperationException());
        await loop.PausedAsync(TimeSpan.FromSeconds(2));
        Assert.Equal(TimeSpan.FromSeconds(2), loop.SinceGood);
        await loop.Next(() => throw new InvalidOperationException());
        await loop.PausedAsync(TimeSpan.FromSeconds(4));
        await loop.Next(() => true);
        await loop.Next(() => false);
        Assert.Equal(TimeSpan.Zero, loop.SinceGood);
        await loop.StopAsync(Ct);
    }

    /// <summary>Each step asks the test what to do.</summary>
    private sealed class Scripted(ListedPauses time) : GridLoop("test", Idle, time, NullLogger.Instance)
    {
        private readonly Channel<Func<bool>> steps = Channel.CreateUnbounded<Func<bool>>();
        private readonly SemaphoreSlim taken = new(0);

        public async Task Next(Func<bool> step)
        {
            steps.Writer.TryWrite(step);
            Assert.True(await taken.WaitAsync(Eventually.Patience, Ct));
        }

        /// <summary>The loop now pauses for so long; then the time is over.</summary>
        public async Task PausedAsync(TimeSpan pause)
        {
            Assert.Equal(pause, await time.Pauses.Reader.ReadAsync(Ct));
            time.Advance(pause);
        }

        protected override async Task<bool> StepAsync(CancellationToken ct)
        {
            var step = await steps.Reader.ReadAsync(ct);
            taken.Release();
            return step();
        }
    }

    private sealed class ListedPauses : FakeTimeProvider
    {
        public Channel<TimeSpan> Pauses { get; } = Channel.CreateUnbounded<TimeSpan>();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            Pauses.Writer.TryWrite(dueTime);
            return timer;
        }
    }
}
