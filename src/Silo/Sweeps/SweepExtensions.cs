using ComplianceGrid.Silo.Jobs;
using ComplianceGrid.Storage.Sweeps;
using Npgsql;
using Quartz;

namespace ComplianceGrid.Silo.Sweeps;

internal static class SweepExtensions
{
    private const string Name = "due-sweep";

    public static void AddDueSweep(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(services => new DueGrains(services.GetRequiredKeyedService<NpgsqlDataSource>("Sweeper")));
        builder.Services.AddQuartz(jobs => jobs.ScheduleJob<DueSweepJob>(
            trigger => trigger.WithIdentity(Name).StartNow().WithSimpleSchedule(every => every.WithInterval(TimeSpan.FromSeconds(2)).RepeatForever()),
            job => job.WithIdentity(Name)));
        builder.Services.AddJobCheck(Name, patience: TimeSpan.FromSeconds(30));
    }
}
