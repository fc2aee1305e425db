using ComplianceGrid.ServiceDefaults.Database;
using ComplianceGrid.ServiceDefaults.Health;
using Quartz;

namespace ComplianceGrid.Silo.Jobs;

internal static class JobExtensions
{
    /// <summary>Clustered on PostgreSQL: of all silos one runs a job at a time, and another takes over when it dies.</summary>
    public static void AddGridJobs(this WebApplicationBuilder builder)
    {
        var quartz = builder.Configuration.GetConnectionString("Quartz") ?? throw new InvalidOperationException("ConnectionStrings:Quartz is not configured.");
        builder.Services.AddQuartz(jobs => jobs.UsePersistentStore(store =>
        {
            store.UsePostgres(GridDataSource.WithDefaults(quartz));
            store.UseClustering(clustering => clustering.CheckinInterval = TimeSpan.FromSeconds(5));
        }));
        // Replacing a trigger that another node holds makes both nodes fire it from then on.
        builder.Services.Configure<SchedulingOptions>(options => (options.OverwriteExistingData, options.IgnoreDuplicates) = (false, true));
        builder.Services.AddQuartzHostedService();
    }

    /// <summary>Shows a job in <c>/health/ready</c> as <c>job:{name}</c>: degraded when no silo has ended it well for so long.</summary>
    public static void AddJobCheck(this IServiceCollection services, string name, TimeSpan patience)
    {
        services.AddKeyedSingleton(name, (provider, _) => new JobCheck(
            new JobKey(name), patience, provider.GetRequiredService<ISchedulerFactory>(), provider.GetRequiredService<TimeProvider>()));
        services.AddDegradable($"job:{name}", provider => provider.GetRequiredKeyedService<JobCheck>(name));
    }
}
