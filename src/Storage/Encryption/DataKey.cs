namespace ComplianceGrid.Storage.Encryption;

/// <summary>A tenant's data key, unwrapped.</summary>
internal sealed record DataKey(Guid Id, byte[] Secret);
