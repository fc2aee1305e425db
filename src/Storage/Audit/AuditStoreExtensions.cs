using ComplianceGrid.Storage.Audit.Ledger;
using ComplianceGrid.Storage.Audit.Personal;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ComplianceGrid.Storage.Audit;

public static class AuditStoreExtensions
{
    /// <summary>Adds <see cref="IAuditStore"/>. Needs a <see cref="TimeProvider"/> and the grid storage's <see cref="PersonalDetails"/>; an <see cref="ILogGuard"/> may be registered before or after.</summary>
    /// <param name="audit">The audit database as <c>grid_audit_writer</c>.</param>
    public static IServiceCollection AddAuditStore(this IServiceCollection services, Func<IServiceProvider, NpgsqlDataSource> audit)
    {
        services.TryAddSingleton<ILogGuard, OpenLogGuard>();
        return services.AddSingleton<IAuditStore>(provider => new AuditStore(
            audit(provider), provider.GetRequiredService<PersonalDetails>(), provider.GetRequiredService<ILogGuard>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<AuditStore>>()));
    }
}
