namespace ComplianceGrid.Silo.Ledger.Archive;

/// <summary>
/// Objects that are written once and stay. A directory by default; a bucket under Object Lock does the same by a conditional PUT, a
/// GET and a LIST with a delimiter.
/// </summary>
internal interface IObjectStore
{
    /// <summary>Gives the object its name, unless the name is taken. Durable when it returns.</summary>
    /// <returns>What stands under the name now.</returns>
    /// <exception cref="IOException">The store is away, or has no room.</exception>
    Task<byte[]> PutOnceAsync(string name, ReadOnlyMemory<byte> content, CancellationToken ct);

    /// <returns>Null: no such object.</returns>
    /// <exception cref="IOException">The store is away.</exception>
    Task<byte[]?> ReadAsync(string name, CancellationToken ct);

    /// <summary>The last parts of the names of what lies directly in a folder: objects and folders, in no order.</summary>
    /// <exception cref="IOException">The store is away.</exception>
    Task<IReadOnlyList<string>> ListAsync(string folder, CancellationToken ct);
}
