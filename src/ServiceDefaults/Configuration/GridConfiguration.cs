using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;

namespace ComplianceGrid.ServiceDefaults.Configuration;

public static class GridConfiguration
{
    /// <summary>Names a JSON file that is read last and wins over appsettings, environment and command line.</summary>
    public const string FileVariable = "GRID_CONFIG";

    public static void AddGridConfiguration(this WebApplicationBuilder builder) =>
        builder.Configuration.AddGridConfigFile(Environment.GetEnvironmentVariable(FileVariable));

    /// <exception cref="FileNotFoundException">A file is named but not there: a host must not start on half a configuration.</exception>
    public static void AddGridConfigFile(this IConfigurationBuilder configuration, string? file)
    {
        if (!string.IsNullOrEmpty(file))
            configuration.AddJsonFile(Path.GetFullPath(file), optional: false, reloadOnChange: false);
    }
}
