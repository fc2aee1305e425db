using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ComplianceGrid.Storage.Projections.Reads;

/// <summary>Switches the read models on: <see cref="EmployeeReads"/>, <see cref="OrderReads"/>, <see cref="PolicyReads"/>, <see cref="SummaryReads"/>.</summary>
public static class ReadsExtensions
{
    /// <param name="connectionString">The grid database as role <c>grid_api</c>.</param>
    public static IServiceCollection AddGridReads(this IServiceCollection services, string connectionString)
    {
        services.AddSingleton(_ => new TenantReader(NpgsqlDataSource.Create(ForReads(connectionString))));
        services.AddSingleton(s => new EmployeeReads(s.GetRequiredService<TenantReader>()));
        services.AddSingleton(s => new OrderReads(s.GetRequiredService<TenantReader>()));
        services.AddSingleton(s => new PolicyReads(s.GetRequiredService<TenantReader>()));
        services.AddSingleton(s => new SummaryReads(s.GetRequiredService<TenantReader>()));
        return services;
    }

    /// <summary>
    /// Optional filters fold away only in a plan made for the actual values, so the generic plan is off. A tenant's rows are always
    /// reached by an index; that must not depend on how large a share of the table one tenant happens to hold.
    /// </summary>
    internal static string ForReads(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = "grid-reads",
            MaxAutoPrepare = 50,
            AutoPrepareMinUsages = 2,
            CommandTimeout = 5,
            Timeout = 3,
        };
        builder.Options = $"{builder.Options} -c plan_cache_mode=force_custom_plan -c enable_seqscan=off -c jit=off".TrimStart();
        return builder.ConnectionString;
    }
}
