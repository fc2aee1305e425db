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

    private static readonly TimeSpan FirstLook = TimeSpan.FromSeconds(5);
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeProvider _clock = clock;

    /// <summary>Waits a while for the first look: a host that has started has its keys, unless the database is away.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await base.StartAsync(cancellationToken);
        await Task.WhenAny(_loaded.Task, Task.Delay(FirstLook, _clock, cancellationToken));
    }

    protected override async Task<bool> StepAsync(CancellationToken ct)
    {
        if (!ring.Keys.AreThere)
        {
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<ClientDirectory>().EnsureFirstPartyAsync(ct);
        }

        ring.Set(await store.LoadAsync(TimeSpan.FromDays(options.Value.KeyDays), ct));
        _loaded.TrySetResult();
        return false;
    }
}
