using ComplianceGrid.Storage.Sql;

namespace ComplianceGrid.Storage.Tests.Sql;

public sealed class PaceTests
{
    [Fact]
    public void A_writer_at_rest_begins_at_once()
    {
        var pace = new Pace(TimeSpan.FromHours(1));
        for (var i = 0; i < 3; i++) Assert.True(pace.BeginAsync(isBusy: false, TestContext.Current.CancellationToken).IsCompletedSuccessfully);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task A_busy_writer_and_one_whose_pace_is_kept_always_wait_for_the_rest_of_the_interval(bool isBusy, bool always)
    {
        var pace = new Pace(TimeSpan.FromHours(1), always); // its first interval begins with it
        using var stop = new CancellationTokenSource();
        var begun = pace.BeginAsync(isBusy, stop.Token).AsTask();
        Assert.False(begun.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => begun);
    }

    [Fact]
    public void An_interval_that_is_over_is_not_waited_for() =>
        Assert.True(new Pace(TimeSpan.Zero).BeginAsync(isBusy: true, TestContext.Current.CancellationToken).IsCompletedSuccessfully);
}
