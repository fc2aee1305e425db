using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Serilog;
using Serilog.Events;
using Serilog.Formatting.Compact;

namespace ComplianceGrid.ServiceDefaults.Logging;

/// <summary>Compact JSON to standard output, one object a line; trace and span ids come from the current activity.</summary>
internal static class GridLogging
{
    public static void AddGridLogging(this WebApplicationBuilder builder, string service) =>
        builder.Services.AddSerilog(logger => Configure(logger, builder.Configuration, service)
            .WriteTo.Console(new CompactJsonFormatter()));

    public static LoggerConfiguration Configure(LoggerConfiguration logger, IConfiguration configuration, string service)
    {
        // These frameworks log URLs with their query, and a query can hold a person's name.
        logger.MinimumLevel.Information()
            .MinimumLevel.Override("Microsoft.AspNetCore", LogEventLevel.Warning)
            .MinimumLevel.Override("Microsoft.Extensions.Diagnostics.HealthChecks", LogEventLevel.Fatal) // the answer says it
            .MinimumLevel.Override("System.Net.Http", LogEventLevel.Warning)
            .MinimumLevel.Override("Microsoft.Extensions.Http", LogEventLevel.Warning)
            .MinimumLevel.Override("Polly", LogEventLevel.Warning)
            .MinimumLevel.Override("Npgsql", LogEventLevel.Warning)
            .MinimumLevel.Override("Microsoft.EntityFrameworkCore", LogEventLevel.Warning)
            .MinimumLevel.Override("OpenIddict", LogEventLevel.Warning)
            .MinimumLevel.Override("Quartz", LogEventLevel.Warning)
            .MinimumLevel.Override("Orleans", LogEventLevel.Warning)
            .Enrich.FromLogContext()
            .Enrich.WithProperty("service", service);
        foreach (var level in configuration.GetSection("Logging:LogLevel").GetChildren())
            Apply(logger, level.Key, LogLevels.Parse(level.Value, level.Path));
        return logger;
    }

    public static void UseGridRequestLogging(this WebApplication app) =>
        app.UseSerilogRequestLogging(options => options.GetLevel = LevelOf);

    private static void Apply(LoggerConfiguration logger, string category, LogEventLevel level)
    {
        if (category == "Default") logger.MinimumLevel.Is(level);
        else logger.MinimumLevel.Override(category, level);
    }

    // A refusal is ordinary business: metrics count it and the audit log tells it.
    private static LogEventLevel LevelOf(HttpContext context, double elapsedMs, Exception? error) =>
        error is not null || (context.Response.StatusCode >= 500 && context.Response.StatusCode != StatusCodes.Status503ServiceUnavailable)
            ? LogEventLevel.Error
            : LogEventLevel.Debug;
}
