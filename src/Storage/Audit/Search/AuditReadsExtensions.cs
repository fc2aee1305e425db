using ComplianceGrid.Storage.Projections.Reads;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ComplianceGrid.Storage.Audit.Search;

/// <summary>Switches reading of the audit log on: <see cref="AuditReads"/>, <see cref="LogFigures"/>, <see cref="WaitingEntries"/>.</summary>
public static class AuditReadsExtensions
{
    private const string Key = "audit-reads";

    /// <summary>Needs the read models of <see cref="ReadsExtensions.AddGridReads"/>.</summary>
    /// <param name="connectionString">The audit database as role <c>grid_auditor</c>.</param>
    public static IServiceCollection AddAuditReads(this IServiceCollection services, string connectionString)
    {
        services.AddKeyedSingleton(Key, (_, _) => new TenantReader(NpgsqlDataSource.Create(ReadsExtensions.ForReads(connectionString))));
        services.AddSingleton(s => new AuditReads(s.GetRequiredKeyedService<TenantReader>(Key)));
        services.AddSingleton(s => new LogFigures(s.GetRequiredKeyedService<TenantReader>(Key)));
        services.AddSingleton(s => new WaitingEntries(s.GetRequiredService<TenantReader>()));
        return services;
    }
}
