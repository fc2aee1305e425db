using System.ComponentModel.DataAnnotations;
using ComplianceGrid.ServiceDefaults;
using ComplianceGrid.ServiceDefaults.Health;
using ComplianceGrid.ServiceDefaults.Loops;
using ComplianceGrid.Storage.Encryption;
using ComplianceGrid.Storage.Inbox;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.Gateway.Connections;

/// <summary>Section <c>MasterKey</c>: the gateway's own; it opens nothing of the silo's.</summary>
internal sealed class MasterKeyOptions
{
    /// <summary>32 bytes as base64, readable by the owner alone.</summary>
    [Required]
    public string File { get; set; } = "";
}

internal static class ConnectionServices
{
    public static IServiceCollection AddGatewayVault(this IServiceCollection services)
    {
        var options = services.AddOptions<MasterKeyOptions>().BindConfiguration("MasterKey");
        if (!OpenApiBuild.IsRunning) options.ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IMasterKey>(provider => FileMasterKey.Load(provider.GetRequiredService<IOptions<MasterKeyOptions>>().Value.File));
        return services;
    }

    public static IServiceCollection AddVendorConnections(this IServiceCollection services) => services
        .AddSingleton<ConnectionDirectory>()
        .AddReadiness("data-keys", (provider, _) =>
            Task.FromResult(provider.GetRequiredService<GatewayVault>().IsLoaded ? null : "The gateway's data keys are not loaded yet."))
        .AddGridLoop(ConnectionsLoop.LoopName, provider => ActivatorUtilities.CreateInstance<ConnectionsLoop>(provider));
}
