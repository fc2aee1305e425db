namespace ComplianceGrid.ServiceDefaults.Auditing.Spooling;

/// <summary>A closed file of entries that wait for their store.</summary>
/// <param name="NotBefore">Held until then: the store refused these entries' logs.</param>
internal sealed record SpoolSegment(string Path, long Bytes, int Entries, DateTimeOffset First, DateTimeOffset NotBefore);

/// <summary>There is no room for more entries, or the disk failed: what was to be spooled is not durable.</summary>
public sealed class SpoolException : Exception
{
    public SpoolException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
