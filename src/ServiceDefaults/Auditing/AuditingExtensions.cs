using ComplianceGrid.ServiceDefaults.Auditing.Refusals;
using ComplianceGrid.ServiceDefaults.Auditing.Spooling;
using ComplianceGrid.ServiceDefaults.Auditing.Trail;
using ComplianceGrid.ServiceDefaults.Health;
using ComplianceGrid.ServiceDefaults.Loops;
using Microsoft.Extensions.DependencyInjection;

namespace ComplianceGrid.ServiceDefaults.Auditing;

public static class AuditingExtensions
{
    /// <summary>
    /// Adds <see cref="AuditTrail"/> and <see cref="RefusalLedger"/>, with the spool between them and the host's <see cref="IAuditSink"/>,
    /// which must be registered.
    /// </summary>
    public static IServiceCollection AddAuditing(this IServiceCollection services)
    {
        services.AddOptions<SpoolOptions>().BindConfiguration(SpoolOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<AuditTrailOptions>().BindConfiguration(AuditTrailOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<Spool>().AddSingleton<RefusalLedger>().AddSingleton<AuditTrail>().AddSingleton<SpoolGauges>();
        services.AddHostedService(provider =>
        {
            _ = provider.GetRequiredService<SpoolGauges>(); // observes from now on
            return provider.GetRequiredService<AuditTrail>();
        });
        services.AddGridLoop(SpoolDrainLoop.LoopName, provider => ActivatorUtilities.CreateInstance<SpoolDrainLoop>(provider));
        services.AddGridLoop(SiblingLoop.LoopName, provider => ActivatorUtilities.CreateInstance<SiblingLoop>(provider));
        services.AddGridLoop(RefusalLoop.LoopName, provider => ActivatorUtilities.CreateInstance<RefusalLoop>(provider));
        return services.AddDegradable("audit-spool", provider => ActivatorUtilities.CreateInstance<SpoolHealth>(provider));
    }
}
