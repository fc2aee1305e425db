using Microsoft.Extensions.Configuration;

namespace ComplianceGrid.ServiceDefaults.Tls;

/// <summary>An endpoint of section <c>Kestrel:Endpoints</c>.</summary>
public static class KestrelEndpoint
{
    /// <summary>Whether it is configured, and by TLS.</summary>
    public static bool IsTls(IConfiguration configuration, string name) =>
        configuration[$"Kestrel:Endpoints:{name}:Url"]?.StartsWith("https:", StringComparison.OrdinalIgnoreCase) == true;
}
