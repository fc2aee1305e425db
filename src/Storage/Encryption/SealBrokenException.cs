namespace ComplianceGrid.Storage.Encryption;

/// <summary>Something sealed does not open where it was found: tampered with, moved, or an older version put back. An anomaly.</summary>
public sealed class SealBrokenException(string message, Exception? inner = null) : Exception(message, inner);
