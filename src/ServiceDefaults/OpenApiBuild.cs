using System.Reflection;

namespace ComplianceGrid.ServiceDefaults;

/// <summary>Whether the host was started by the build, only to write down its OpenAPI document (build/OpenApi.targets).</summary>
public static class OpenApiBuild
{
    public static bool IsRunning { get; } = Assembly.GetEntryAssembly()?.GetName().Name == "GetDocument.Insider";
}
