using System.Collections.Frozen;
using ComplianceGrid.Storage.Inbox;

namespace ComplianceGrid.Gateway.Connections;

/// <summary>
/// All active connections, in memory: a webhook is verified while the database is away. Someone asked for who is not there
/// is looked for in the database, all such askers by one read and at most four reads a second, so that guessing ids costs little.
/// </summary>
internal sealed class ConnectionDirectory(VendorConnections store, GatewayVault vault, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan BetweenReads = TimeSpan.FromMilliseconds(250);

    private readonly SemaphoreSlim _reading = new(1);
    private volatile Snapshot? _snapshot;

    public void Dispose() => _reading.Dispose();

    public ValueTask<ActiveConnection?> FindAsync(string vendor, string id, CancellationToken ct) =>
        FindAsync(s => s.ById.GetValueOrDefault(id) is { } found && found.Vendor == vendor ? found : null, ct);

    public ValueTask<ActiveConnection?> FindByAccountAsync(string vendor, string accountId, CancellationToken ct) =>
        FindAsync(s => s.ByAccount.GetValueOrDefault((vendor, accountId)), ct);

    /// <summary>The tenant's account at a vendor; of several the oldest.</summary>
    public ValueTask<ActiveConnection?> FindByTenantAsync(string vendor, string tenant, CancellationToken ct) =>
        FindAsync(s => s.All.FirstOrDefault(c => c.Vendor == vendor && c.Tenant == tenant), ct);

    public async Task<IReadOnlyList<ActiveConnection>> AllAsync(CancellationToken ct) => (_snapshot ?? await ReadAsync(0, ct)).All;

    public Task RefreshAsync(CancellationToken ct) => ReadAsync(time.GetTimestamp(), ct);

    private async ValueTask<ActiveConnection?> FindAsync(Func<Snapshot, ActiveConnection?> find, CancellationToken ct)
    {
        var asked = time.GetTimestamp();
        return _snapshot is { } snapshot && find(snapshot) is { } found ? found : find(await ReadAsync(asked, ct));
    }

    /// <summary>A snapshot that was begun after the given instant: what was added before the question is in it.</summary>
    private async Task<Snapshot> ReadAsync(long notBefore, CancellationToken ct)
    {
        await _reading.WaitAsync(ct);
        try
        {
            if (_snapshot is { } fresh && fresh.BegunAt > notBefore) return fresh;
            if (_snapshot is { } old && time.GetElapsedTime(old.BegunAt) is var age && age < BetweenReads) await Task.Delay(BetweenReads - age, time, ct);
            var begunAt = time.GetTimestamp();
            if (!vault.IsLoaded) await vault.LoadAsync(ct);
            var connections = await store.LoadAsync(ct);
            return _snapshot = new(begunAt, [.. connections.Select(Open)]);
        }
        finally
        {
            _reading.Release();
        }
    }

    private ActiveConnection Open(VendorConnection c) => new(
        c.Id, c.Tenant, c.Vendor, c.AccountId, c.BaseUrl, [.. c.Keys.Select(key => vault.Open(key.Sealed, ConnectionSecrets.ContextOf(c.Id, key.KeyId)))]);

    private sealed class Snapshot(long begunAt, ActiveConnection[] all)
    {
        public long BegunAt => begunAt;
        public ActiveConnection[] All => all;
        public FrozenDictionary<string, ActiveConnection> ById { get; } = all.ToFrozenDictionary(c => c.Id, StringComparer.Ordinal);
        public FrozenDictionary<(string, string), ActiveConnection> ByAccount { get; } = all.ToFrozenDictionary(c => (c.Vendor, c.AccountId));
    }
}
