using System.Diagnostics;
using System.Diagnostics.Metrics;
using ComplianceGrid.Storage.GrainState;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Storage.Tests.GrainState;

public sealed class TelemetryTests
{
    [Fact]
    public async Task A_commit_is_an_activity_linked_to_its_callers_and_its_size_conflicts_and_duration_are_measured()
    {
        using var caller = new Activity("caller").Start();
        List<Activity> commits = [];
        using var activities = new ActivityListener
        {
            ShouldListenTo = source => source.Name == StorageTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => { lock (commits) commits.Add(activity); },
        };
        ActivitySource.AddActivityListener(activities);
        HashSet<string> measured = [];
        using var meters = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == StorageTelemetry.Name) listener.EnableMeasurementEvents(instrument);
            },
        };
        meters.SetMeasurementEventCallback<int>((instrument, _, _, _) => { lock (measured) measured.Add(instrument.Name); });
        meters.SetMeasurementEventCallback<long>((instrument, _, _, _) => { lock (measured) measured.Add(instrument.Name); });
        meters.SetMeasurementEventCallback<double>((instrument, _, _, _) => { lock (measured) measured.Add(instrument.Name); });
        meters.Start();

        await using var db = await GridDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await using var host = StorageHost.Start(db);
        List<StateWrite> group = [await host.SealAsync("acme/one", 0), await host.SealAsync("acme/two", 3)];
        await host.Committer().CommitAsync(group);

        lock (commits)
        {
            var commit = Assert.Single(commits, activity => activity.Links.Any(link => link.Context == caller.Context));
            Assert.Equal("grid.storage.commit", commit.OperationName);
            Assert.Equal(2, commit.GetTagItem("grid.storage.batch.size"));
        }

        lock (measured)
            Assert.Superset(new HashSet<string> { "grid.storage.batch.size", "grid.storage.commit.duration", "grid.storage.conflicts" }, measured);
    }
}
