using ComplianceGrid.Silo.Jobs;
using ComplianceGrid.Storage.Audit;
using Quartz;

namespace ComplianceGrid.Silo.Auditing;

/// <summary>Makes the audit log's partitions ahead of need, so that no entry waits for one to be made.</summary>
[DisallowConcurrentExecution, PersistJobDataAfterExecution]
internal sealed class AuditPartitionsJob(IAuditStore store, TimeProvider time) : IJob
{
    private const int MonthsAhead = 3;

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        await store.EnsurePartitionsAsync(MonthsAhead, cancellationToken);
        context.EndedWell(time);
    }
}

internal static class AuditPartitionsExtensions
{
    private const string Name = "audit-partitions";

    /// <summary>Daily on one of the silos, and whenever a silo starts.</summary>
    public static void AddAuditPartitions(this WebApplicationBuilder builder)
    {
        builder.Services.AddQuartz(jobs =>
        {
            jobs.AddJob<AuditPartitionsJob>(job => job.WithIdentity(Name).StoreDurably());
            jobs.AddTrigger(trigger => trigger.WithIdentity(Name).ForJob(Name).WithCronSchedule("0 17 3 * * ?", cron => cron.InTimeZone(TimeZoneInfo.Utc)));
            jobs.AddTrigger(trigger => trigger.ForJob(Name).StartNow()); // without a name it is each start's own, and goes when it has fired
        });
        builder.Services.AddJobCheck(Name, patience: TimeSpan.FromHours(36));
    }
}
