using ComplianceGrid.ServiceDefaults.Loops;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.Api.Identity.Server.Keys;

/// <summary>Every process looks often enough that it knows a key long before it is used.</summary>
internal sealed class ServerKeyLoop(
    ServerKeyStore store, ServerKeyRing ring, IOptions<AuthorizationServerOptions> options, TimeProvider clock, ILogger<ServerKeyLoop> log)
    : GridLoop(LoopName, TimeSpan.FromSeconds(10), clock, log)
{
    public const string LoopName = "server-keys";

    protected override async Task<bool> StepAsync(CancellationToken ct)
    {
        ring.Set(await store.LoadAsync(TimeSpan.FromDays(options.Value.KeyDays), ct));
        return false;
    }
}
