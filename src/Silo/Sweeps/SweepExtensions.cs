using ComplianceGrid.ServiceDefaults.Database;
using ComplianceGrid.Storage.Sweeps;
using Npgsql;
using Quartz;

namespace ComplianceGrid.Silo.Sweeps;

internal static class SweepExtensions
{
    /// <summary>Clustered on PostgreSQL: of all silos one sweeps at a time, and another takes over when it dies.</summary>
    public static void AddDueSweep(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(services => new DueGrains(services.GetRequiredKeyedService<NpgsqlDataSource>("Sweeper")));
        var quartz = builder.Configuration.GetConnectionString("Quartz") ?? throw new InvalidOperationException("ConnectionStrings:Quartz is not configured.");
        builder.Services.AddQuartz(jobs =>
        {
            jobs.UsePersistentStore(store =>
            {
                store.UsePostgres(GridDataSource.WithDefaults(quartz));
                store.UseClustering(clustering => clustering.CheckinInterval = TimeSpan.FromSeconds(5));
            });
            jobs.ScheduleJob<DueSweepJob>(
                trigger => trigger.WithIdentity("due-sweep").StartNow().WithSimpleSchedule(every => every.WithInterval(TimeSpan.FromSeconds(2)).RepeatForever()),
                job => job.WithIdentity("due-sweep"));
        });
        // Replacing a trigger that another node holds makes both nodes fire it from then on.
        builder.Services.Configure<SchedulingOptions>(options => (options.OverwriteExistingData, options.IgnoreDuplicates) = (false, true));
        builder.Services.AddQuartzHostedService();
    }
}
