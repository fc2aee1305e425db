using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Quartz;

namespace ComplianceGrid.Silo.Jobs;

/// <summary>
/// A clustered job runs on one silo at a time, so no silo's own memory can tell whether it runs at all: each run that ends well
/// writes its end into the job's data, and every silo asks there. A silo's first moments count as the last good end: a cluster
/// that stood still for a night must be given the time to begin.
/// </summary>
internal sealed class JobCheck(JobKey job, TimeSpan patience, ISchedulerFactory schedulers, TimeProvider time) : IHealthCheck
{
    private readonly DateTimeOffset _made = time.GetUtcNow();

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var scheduler = await schedulers.GetScheduler(cancellationToken);
        var ended = JobEnd.Of(await scheduler.GetJobDetail(job, cancellationToken));
        var good = ended > _made ? ended.Value : _made;
        return time.GetUtcNow() - good <= patience
            ? HealthCheckResult.Healthy()
            : new(context.Registration.FailureStatus, $"It has not ended well on any silo since {ended?.ToString("u", CultureInfo.InvariantCulture) ?? "ever"}.");
    }
}

internal static class JobEnd
{
    private const string Key = "endedWellAt";

    /// <summary>Records that this run ended well; kept only for a job with <see cref="PersistJobDataAfterExecutionAttribute"/>.</summary>
    public static void EndedWell(this IJobExecutionContext context, TimeProvider time) =>
        context.JobDetail.JobDataMap[Key] = time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture);

    /// <summary>Null: it never did.</summary>
    public static DateTimeOffset? Of(IJobDetail? job) =>
        job?.JobDataMap.TryGetValue(Key, out var at) == true && at is string text ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture) : null;
}
