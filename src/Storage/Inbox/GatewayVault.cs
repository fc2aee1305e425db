using System.Security.Cryptography;
using System.Text;
using ComplianceGrid.Storage.Encryption;

namespace ComplianceGrid.Storage.Inbox;

/// <summary>
/// Seals what the gateway keeps: webhooks' bodies and vendors' credentials. Box: format (1) | key id (16) | AES-256-GCM box.
/// What it is sealed for (<c>context</c>) is authenticated: a box moved onto another row does not open.
/// </summary>
public sealed class GatewayVault(GatewayKeys store, IMasterKey masterKey, TimeProvider time)
{
    private const byte Format = 1;
    private const int HeaderSize = 17;

    private volatile Ring? _ring;

    /// <summary>Reads the data keys, makes the first one. Until it has succeeded nothing is sealed or opened.</summary>
    public async Task LoadAsync(CancellationToken ct)
    {
        var wrapped = await store.LoadAsync(ct);
        if (wrapped.Count == 0)
        {
            var id = Guid.CreateVersion7(time.GetUtcNow());
            await store.InsertFirstAsync(new(id, await masterKey.WrapAsync(RandomNumberGenerator.GetBytes(32), ContextOf(id), ct)), ct);
            wrapped = await store.LoadAsync(ct);
        }

        var keys = new Dictionary<Guid, byte[]>();
        foreach (var key in wrapped) keys[key.KeyId] = await masterKey.UnwrapAsync(key.Wrapped, ContextOf(key.KeyId), ct);
        _ring = new(keys, wrapped[^1].KeyId, keys[wrapped[0].KeyId]);
    }

    public bool IsLoaded => _ring is not null;

    public byte[] Seal(ReadOnlySpan<byte> clear, string context)
    {
        var ring = Loaded();
        var header = new byte[HeaderSize];
        header[0] = Format;
        ring.Newest.TryWriteBytes(header.AsSpan(1), bigEndian: true, out _);
        return AesSeal.Seal(ring.Keys[ring.Newest], header, clear, Encoding.UTF8.GetBytes(context));
    }

    /// <exception cref="SealBrokenException">Not what was sealed for this context, or by a key that is not ours.</exception>
    public byte[] Open(ReadOnlySpan<byte> box, string context)
    {
        if (box.Length < HeaderSize || box[0] != Format || !Loaded().Keys.TryGetValue(new Guid(box[1..HeaderSize], bigEndian: true), out var key))
            throw new SealBrokenException("The sealed value names no data key of this gateway.");
        return AesSeal.Open(key, HeaderSize, box, Encoding.UTF8.GetBytes(context));
    }

    /// <summary>Recognises a secret without keeping it: HMAC-SHA-256 under the oldest data key.</summary>
    public byte[] Fingerprint(ReadOnlySpan<byte> secret) => HMACSHA256.HashData(Loaded().Oldest, secret);

    private Ring Loaded() => _ring ?? throw new InvalidOperationException("The gateway's data keys are not loaded.");

    private static byte[] ContextOf(Guid keyId) => Encoding.UTF8.GetBytes($"gateway-key/{keyId:D}");

    private sealed record Ring(Dictionary<Guid, byte[]> Keys, Guid Newest, byte[] Oldest);
}
