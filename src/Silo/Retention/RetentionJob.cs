using ComplianceGrid.Silo.Jobs;
using ComplianceGrid.Storage.Retention;
using Npgsql;
using Quartz;

namespace ComplianceGrid.Silo.Retention;

[DisallowConcurrentExecution, PersistJobDataAfterExecution]
internal sealed class RetentionJob(TransportRetention retention, TimeProvider time) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        await retention.RunAsync(cancellationToken);
        context.EndedWell(time);
    }
}

internal static class RetentionExtensions
{
    private const string Name = "retention";

    /// <summary>Every hour on one of the silos: a little at a time.</summary>
    public static void AddRetention(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<RetentionOptions>().BindConfiguration(RetentionOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton(services => new ExpiredRows(services.GetRequiredKeyedService<NpgsqlDataSource>("Sweeper")));
        builder.Services.AddSingleton<TransportRetention>();
        builder.Services.AddQuartz(jobs => jobs.ScheduleJob<RetentionJob>(
            trigger => trigger.WithIdentity(Name).WithCronSchedule("0 41 * * * ?", cron => cron.InTimeZone(TimeZoneInfo.Utc)),
            job => job.WithIdentity(Name)));
        builder.Services.AddJobCheck(Name, patience: TimeSpan.FromHours(4));
    }
}
