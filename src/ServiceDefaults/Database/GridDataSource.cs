using ComplianceGrid.ServiceDefaults.Health;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ComplianceGrid.ServiceDefaults.Database;

public static class GridDataSource
{
    /// <summary>
    /// The pool of <c>ConnectionStrings:{name}</c> as a keyed <see cref="NpgsqlDataSource"/>; <c>Grid</c> is the unkeyed one too.
    /// </summary>
    /// <param name="missing">Readiness of this database, for example of its schema's version: null when ready. Null: it answers.</param>
    /// <param name="isRequired">False: without it the host is degraded, not unready.</param>
    public static IServiceCollection AddGridDataSource(
        this IServiceCollection services, string name, Func<NpgsqlDataSource, CancellationToken, Task<string?>>? missing = null, bool isRequired = true)
    {
        services.AddKeyedSingleton(name, (provider, _) => Create(
            provider.GetRequiredService<IConfiguration>().GetConnectionString(name)
                ?? throw new InvalidOperationException($"ConnectionStrings:{name} is not configured."),
            provider.GetService<ILoggerFactory>()));
        if (name == "Grid") services.AddSingleton(provider => provider.GetRequiredKeyedService<NpgsqlDataSource>(name));
        return services.AddReadiness($"database:{name}", (provider, ct) =>
            (missing ?? AnswersAsync)(provider.GetRequiredKeyedService<NpgsqlDataSource>(name), ct), isRequired);
    }

    // Every statement of a host goes by key or in the order of an index. A plan made while a table was small, or before its first
    // ANALYZE, would scan and sort what has queued up; a plan for each call was a fifth of the database's work.
    private const string ByKey =
        "-c enable_seqscan=off -c enable_bitmapscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c enable_material=off " +
        "-c plan_cache_mode=force_generic_plan -c jit=off " + Abandoned;

    // A process that is frozen or cut off within a transaction holds what others wait for: PostgreSQL rolls it back.
    private const string Abandoned = "-c idle_in_transaction_session_timeout=30s";

    /// <summary>A pool with the house's settings where the connection string does not say otherwise.</summary>
    public static NpgsqlDataSource Create(string connectionString, ILoggerFactory? loggers = null)
    {
        var builder = new NpgsqlDataSourceBuilder(WithDefaults(connectionString));
        if (loggers is not null) builder.UseLoggerFactory(loggers);
        return builder.Build();
    }

    /// <summary>The connection string with the house's settings, for libraries that open connections themselves.</summary>
    public static string WithDefaults(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        // Npgsql prepares nothing by itself; preparing what recurs brought 3.5k to 5.5k-5.9k writes a second.
        Default(settings, "Max Auto Prepare", () => settings.MaxAutoPrepare = 50);
        Default(settings, "Auto Prepare Min Usages", () => settings.AutoPrepareMinUsages = 2);
        // Settings are transaction-local everywhere, so a session has nothing to be reset of: five statements less each time it is used.
        Default(settings, "No Reset On Close", () => settings.NoResetOnClose = true);
        Default(settings, "Options", () => settings.Options = ByKey);
        Default(settings, "Timeout", () => settings.Timeout = 5);
        Default(settings, "Keepalive", () => settings.KeepAlive = 30);
        return settings.ConnectionString;
    }

    private static void Default(NpgsqlConnectionStringBuilder settings, string keyword, Action set)
    {
        if (!settings.ShouldSerialize(keyword)) set();
    }

    private static async Task<string?> AnswersAsync(NpgsqlDataSource database, CancellationToken ct)
    {
        await using var command = database.CreateCommand("SELECT 1");
        await command.ExecuteScalarAsync(ct);
        return null;
    }
}
