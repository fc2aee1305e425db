using Microsoft.Extensions.Logging;
using Serilog.Events;

namespace ComplianceGrid.ServiceDefaults.Logging;

internal static class LogLevels
{
    /// <summary>The level's name as <c>Logging:LogLevel</c> has it; <c>None</c> silences all but the fatal.</summary>
    public static LogEventLevel Parse(string? level, string path) =>
        Enum.TryParse<LogLevel>(level, ignoreCase: true, out var parsed)
            ? parsed switch
            {
                LogLevel.Trace => LogEventLevel.Verbose,
                LogLevel.Debug => LogEventLevel.Debug,
                LogLevel.Information => LogEventLevel.Information,
                LogLevel.Warning => LogEventLevel.Warning,
                LogLevel.Error => LogEventLevel.Error,
                LogLevel.Critical or LogLevel.None => LogEventLevel.Fatal,
                _ => throw Bad(level, path),
            }
            : throw Bad(level, path);

    private static InvalidOperationException Bad(string? level, string path) => new($"{path}: '{level}' is not a log level.");
}
