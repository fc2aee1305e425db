using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Storage.Encryption;

/// <summary>
/// The tenants' data keys, unwrapped and cached. A tenant's first use makes its first key; the newest key seals, every
/// older one still opens. What another process rotated is noticed when the cache entry ages, or at the first box that needs it.
/// </summary>
public sealed class TenantKeyring
{
    private static readonly TimeSpan CacheFor = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<TenantId, Task<Entry>> _cache = new();
    private readonly TenantKeyStore _store;
    private readonly IMasterKey _master;
    private readonly TimeProvider _time;

    internal TenantKeyring(TenantKeyStore store, IMasterKey master, TimeProvider time) => (_store, _master, _time) = (store, master, time);

    /// <summary>Makes a new data key, which seals from now on. Old rows open with theirs until they are next written.</summary>
    public async Task RotateAsync(TenantId tenant, CancellationToken ct = default)
    {
        var rows = await _store.AddAsync(tenant, await NewKeyAsync(tenant, ct), ct);
        _cache[tenant] = Task.FromResult(await EntryAsync(tenant, rows, ct));
    }

    internal async ValueTask<DataKey> NewestAsync(TenantId tenant) => (await CachedAsync(tenant)).Newest;

    /// <exception cref="SealBrokenException">The tenant has no such key.</exception>
    internal async ValueTask<DataKey> FindAsync(TenantId tenant, Guid keyId)
    {
        var entry = await CachedAsync(tenant);
        if (entry.Keys.TryGetValue(keyId, out var key)) return key;

        // Another process may have rotated since.
        _cache[tenant] = Task.FromResult(entry = await LoadAsync(tenant));
        return entry.Keys.TryGetValue(keyId, out key) ? key : throw new SealBrokenException("The tenant has no data key of this id.");
    }

    private async ValueTask<Entry> CachedAsync(TenantId tenant)
    {
        var loading = _cache.GetOrAdd(tenant, static (t, self) => self.LoadAsync(t), this);
        try
        {
            var entry = await loading;
            if (_time.GetElapsedTime(entry.LoadedAt) < CacheFor) return entry;
        }
        catch
        {
            _cache.TryRemove(KeyValuePair.Create(tenant, loading)); // the next caller tries again
            throw;
        }

        _cache.TryRemove(KeyValuePair.Create(tenant, loading));
        return await _cache.GetOrAdd(tenant, static (t, self) => self.LoadAsync(t), this);
    }

    private async Task<Entry> LoadAsync(TenantId tenant)
    {
        var rows = await _store.ReadAsync(tenant, CancellationToken.None);
        if (rows.Count == 0) rows = await _store.AddFirstAsync(tenant, await NewKeyAsync(tenant, default), CancellationToken.None);
        return await EntryAsync(tenant, rows, CancellationToken.None);
    }

    private async Task<Entry> EntryAsync(TenantId tenant, List<WrappedKey> newestFirst, CancellationToken ct)
    {
        var keys = ImmutableDictionary.CreateBuilder<Guid, DataKey>();
        foreach (var (id, wrapped) in newestFirst)
            keys[id] = new(id, await _master.UnwrapAsync(wrapped, Context(tenant, id), ct));
        return new(keys[newestFirst[0].Id], keys.ToImmutable(), _time.GetTimestamp());
    }

    private async Task<WrappedKey> NewKeyAsync(TenantId tenant, CancellationToken ct)
    {
        var id = Guid.CreateVersion7(_time.GetUtcNow());
        var secret = RandomNumberGenerator.GetBytes(32);
        try
        {
            return new(id, await _master.WrapAsync(secret, Context(tenant, id), ct));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private static byte[] Context(TenantId tenant, Guid id) => Encoding.UTF8.GetBytes($"tenant-key\u001f{tenant.Value}\u001f{id:D}");

    private sealed record Entry(DataKey Newest, ImmutableDictionary<Guid, DataKey> Keys, long LoadedAt);
}
