using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ComplianceGrid.Audit;

namespace ComplianceGrid.ServiceDefaults.Auditing.Refusals;

/// <summary>What refusals are counted together by.</summary>
/// <param name="Kind">Error and what was asked for.</param>
/// <param name="Minute">Of the Unix epoch.</param>
internal sealed record TallyKey(string Tenant, string Source, string Kind, long Minute);

/// <summary>The refusals of one source, kind and minute.</summary>
internal sealed class Tally(TallyKey key, AuditEntry first)
{
    private readonly Lock _gate = new();
    private TallyState _state = new(first, first, 0);
    private bool _closed;

    public TallyKey Key => key;

    /// <returns>False: it was closed meanwhile.</returns>
    public bool TryCount(AuditEntry entry)
    {
        lock (_gate)
        {
            if (_closed) return false;
            _state = _state with { Last = entry, Count = _state.Count + 1 };
            return true;
        }
    }

    public TallyState State
    {
        get
        {
            lock (_gate) return _state;
        }
    }

    public TallyState Close()
    {
        lock (_gate)
        {
            _closed = true;
            return _state;
        }
    }
}

/// <summary>A tally as the journal holds it.</summary>
internal sealed record TallyState(AuditEntry First, AuditEntry Last, long Count)
{
    /// <summary>The one entry of all of them: the first in full, the number, and the last in full.</summary>
    public AuditEntry ToEntry()
    {
        var details = First.Details is null ? [] : JsonNode.Parse(First.Details)!.AsObject();
        details["count"] = Count;
        if (Count > 1)
            details["last"] = new JsonObject
            {
                ["timestamp"] = Last.Timestamp.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture),
                ["ip_address"] = Last.IpAddress,
                ["user_agent"] = Last.UserAgent,
                ["request_id"] = Last.RequestId,
                ["duration_ms"] = Last.DurationMs,
                ["details"] = Last.Details is null ? null : JsonNode.Parse(Last.Details),
            };
        return First with { Details = details.ToJsonString() };
    }
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TallyState))]
internal sealed partial class TallyJson : JsonSerializerContext
{
    public static byte[] Line(TallyState state) => [.. JsonSerializer.SerializeToUtf8Bytes(state, Default.TallyState), (byte)'\n'];

    public static TallyState Read(ReadOnlySpan<byte> line) => JsonSerializer.Deserialize(line, Default.TallyState)!;
}
