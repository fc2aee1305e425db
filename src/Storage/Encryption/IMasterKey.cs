namespace ComplianceGrid.Storage.Encryption;

/// <summary>Wraps the tenants' data keys. A file in development, a key-management service behind the same calls in production.</summary>
public interface IMasterKey
{
    /// <param name="key">The key in clear.</param>
    /// <param name="context">Authenticated with it: a wrapped key opens under no other context.</param>
    ValueTask<byte[]> WrapAsync(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> context, CancellationToken ct = default);

    /// <exception cref="SealBrokenException">Not wrapped by this master key under this context.</exception>
    ValueTask<byte[]> UnwrapAsync(ReadOnlyMemory<byte> wrapped, ReadOnlyMemory<byte> context, CancellationToken ct = default);
}
