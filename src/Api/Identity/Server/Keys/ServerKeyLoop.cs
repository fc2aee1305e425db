using ComplianceGrid.ServiceDefaults.Loops;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.Api.Identity.Server.Keys;

/// <summary>
/// Every process looks often enough that it knows a key long before it is used. Before the first look it makes the client of <c>/api/auth</c>,
/// in a database that has none.
/// </summary>
internal sealed class ServerKeyLoop(
    ServerKeyStore store, ServerKeyRing ring, IServiceScopeFactory scopes, IOptions<AuthorizationServerOptions> options, TimeProvider clock, ILogger<ServerKeyLoop> log)
    : GridLoop(LoopName, TimeSpan.FromSeconds(10), clock, log)
{
    public const string LoopName = "server-keys";

    protected override async Task<bool> StepAsync(CancellationToken ct)
    {
        if (!ring.Keys.AreThere)
        {
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<ClientDirectory>().EnsureFirstPartyAsync(ct);
        }

        ring.Set(await store.LoadAsync(TimeSpan.FromDays(options.Value.KeyDays), ct));
        return false;
    }
}
