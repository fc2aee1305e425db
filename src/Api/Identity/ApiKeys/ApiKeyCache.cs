using System.Collections.Concurrent;
using ComplianceGrid.Storage.Identity;
using Npgsql;

namespace ComplianceGrid.Api.Identity.ApiKeys;

/// <summary>
/// Keys as they were less than a second ago. What is kept holds as of the moment at which its read <i>began</i>, by the monotonic clock: a key
/// that was revoked is refused within <see cref="Believed"/>, by a process that was stopped in between too. Of many requests with one key,
/// one read goes to the database.
/// </summary>
internal sealed class ApiKeyCache(ApiKeyStore keys, TimeProvider clock)
{
    public static readonly TimeSpan Believed = TimeSpan.FromMilliseconds(900);

    /// <summary>Prefixes remembered at once, made-up ones among them.</summary>
    private const int Most = 50_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);

    /// <exception cref="GridException"><see cref="GridError.Unavailable"/>: the database is away.</exception>
    public async ValueTask<PresentedApiKey?> FindAsync(string prefix, CancellationToken ct)
    {
        if (!_known.TryGetValue(prefix, out var known) || clock.GetElapsedTime(known.Began) > Believed) known = Read(prefix, known);
        try
        {
            return await known.Key.Value.WaitAsync(Patience, clock, ct);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            _known.TryRemove(KeyValuePair.Create(prefix, known));
            throw new GridException(GridError.Unavailable, "Whether the API key is good cannot be told at the moment. Try again.");
        }
    }

    private Known Read(string prefix, Known? old)
    {
        if (_known.Count >= Most) Forget();
        var read = new Known(clock.GetTimestamp(), new(() => keys.FindPresentedAsync(prefix, CancellationToken.None)));
        if (old is null) return _known.GetOrAdd(prefix, read) is var first && clock.GetElapsedTime(first.Began) <= Believed ? first : read;
        return _known.TryUpdate(prefix, read, old) ? read : _known.TryGetValue(prefix, out var other) && clock.GetElapsedTime(other.Began) <= Believed ? other : read;
    }

    private void Forget()
    {
        foreach (var (prefix, known) in _known)
            if (clock.GetElapsedTime(known.Began) > Believed) _known.TryRemove(KeyValuePair.Create(prefix, known));
        if (_known.Count >= Most) _known.Clear(); // a flood of made-up keys: the good ones are read again
    }

    /// <summary>By identity: another read is another.</summary>
    private sealed class Known(long began, Lazy<Task<PresentedApiKey?>> key)
    {
        public long Began => began;
        public Lazy<Task<PresentedApiKey?>> Key => key;
    }
}
