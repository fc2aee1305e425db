using System.Text;

namespace ComplianceGrid;

/// <summary>A hash that every process and version agrees on, for sharding. Not for secrets.</summary>
public static class StableHash
{
    /// <summary>32-bit FNV-1a over the UTF-8 bytes.</summary>
    public static uint Of(string value)
    {
        Span<byte> buffer = stackalloc byte[256];
        var bytes = Encoding.UTF8.GetByteCount(value) <= buffer.Length
            ? buffer[..Encoding.UTF8.GetBytes(value, buffer)]
            : Encoding.UTF8.GetBytes(value).AsSpan();
        var hash = 2166136261u;
        foreach (var b in bytes) hash = (hash ^ b) * 16777619u;
        return hash;
    }
}
