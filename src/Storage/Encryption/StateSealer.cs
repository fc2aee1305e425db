using System.Text;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Storage.Encryption;

/// <summary>Which version of which state of which grain: authenticated with it, so that it opens nowhere else.</summary>
internal readonly record struct StateAddress(TenantId Tenant, string StateName, string GrainKey, long Version);

/// <summary>Seals grain state with its tenant's newest data key: format (1) | key id (16) | nonce (12) | ciphertext | tag (16).</summary>
internal sealed class StateSealer(TenantKeyring keyring, string serviceId)
{
    private const byte Format = 1;
    private const int HeaderSize = 17;

    public async ValueTask<byte[]> SealAsync(StateAddress address, ReadOnlyMemory<byte> clear) =>
        Seal(await keyring.NewestAsync(address.Tenant), address, clear.Span);

    /// <exception cref="SealBrokenException">Tampered with, moved from another row, or of another version.</exception>
    public async ValueTask<byte[]> OpenAsync(StateAddress address, byte[] box)
    {
        if (box.Length < HeaderSize || box[0] != Format) throw new SealBrokenException("The sealed state has an unknown format.");
        var key = await keyring.FindAsync(address.Tenant, new Guid(box.AsSpan(1, 16), bigEndian: true));
        return AesSeal.Open(key.Secret, HeaderSize, box, Context(address));
    }

    private byte[] Seal(DataKey key, StateAddress address, ReadOnlySpan<byte> clear)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        header[0] = Format;
        key.Id.TryWriteBytes(header[1..], bigEndian: true, out _);
        return AesSeal.Seal(key.Secret, header, clear, Context(address));
    }

    private byte[] Context(StateAddress address) => Encoding.UTF8.GetBytes(string.Create(null,
        $"state\u001f{serviceId}\u001f{address.StateName}\u001f{address.GrainKey}\u001f{address.Version}"));
}
