using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ComplianceGrid.Storage.Audit;

public static class AuditStoreExtensions
{
    /// <summary>Adds <see cref="IAuditStore"/>. Needs a <see cref="TimeProvider"/>.</summary>
    /// <param name="audit">The audit database as <c>grid_audit_writer</c>.</param>
    public static IServiceCollection AddAuditStore(this IServiceCollection services, Func<IServiceProvider, NpgsqlDataSource> audit) =>
        services.AddSingleton<IAuditStore>(provider => new AuditStore(audit(provider), provider.GetRequiredService<TimeProvider>()));
}
