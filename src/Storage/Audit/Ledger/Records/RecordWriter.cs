using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace ComplianceGrid.Storage.Audit.Ledger;

/// <summary>
/// The record: an entry's RFC 8785 JSON, whose bytes are the leaf. Members are written in the sorted order that it demands;
/// absent when null. For one thread at a time.
/// </summary>
internal sealed class RecordWriter
{
    /// <summary>The record's version.</summary>
    private const int Version = 1;

    private readonly ArrayBufferWriter<byte> _to = new(2048);

    public byte[] Write(LedgerEntry entry, int epoch, DateTime createdAt)
    {
        _to.ResetWrittenCount();
        _to.Write("{\"action\":"u8);
        CanonicalJson.WriteString(_to, entry.Action);
        Instant(",\"created_at\":"u8, createdAt);
        Raw(",\"details\":"u8, entry.Details);
        Number(",\"duration_ms\":"u8, entry.DurationMs);
        Number(",\"epoch\":"u8, epoch);
        Text(",\"error_code\":"u8, entry.ErrorCode);
        Id(",\"id\":"u8, entry.Id);
        Text(",\"ip_address\":"u8, entry.IpAddress);
        Text(",\"person\":"u8, entry.Person);
        Text(",\"request_id\":"u8, entry.RequestId);
        Text(",\"resource\":"u8, entry.Resource);
        Text(",\"resource_id\":"u8, entry.ResourceId);
        Text(",\"result\":"u8, entry.Result);
        Base64(",\"sealed\":"u8, entry.Sealed);
        Text(",\"tenant_id\":"u8, entry.TenantId);
        Instant(",\"timestamp\":"u8, entry.Timestamp);
        Text(",\"user_agent\":"u8, entry.UserAgent);
        Text(",\"user_id\":"u8, entry.UserId);
        Text(",\"user_role\":"u8, entry.UserRole);
        Number(",\"v\":"u8, Version);
        _to.Write("}"u8);
        return _to.WrittenSpan.ToArray();
    }

    private void Text(ReadOnlySpan<byte> member, string? value)
    {
        if (value is null) return;
        _to.Write(member);
        CanonicalJson.WriteString(_to, value);
    }

    private void Raw(ReadOnlySpan<byte> member, byte[]? json)
    {
        if (json is null) return;
        _to.Write(member);
        _to.Write(json);
    }

    private void Number(ReadOnlySpan<byte> member, int value)
    {
        _to.Write(member);
        Utf8Formatter.TryFormat(value, _to.GetSpan(11), out var written);
        _to.Advance(written);
    }

    private void Id(ReadOnlySpan<byte> member, Guid value)
    {
        _to.Write(member);
        _to.Write("\""u8);
        value.TryFormat(_to.GetSpan(36), out var written);
        _to.Advance(written);
        _to.Write("\""u8);
    }

    private void Instant(ReadOnlySpan<byte> member, DateTime value)
    {
        _to.Write(member);
        value.TryFormat(_to.GetSpan(40), out var written, "'\"'yyyy-MM-dd'T'HH:mm:ss.ffffff'Z\"'", CultureInfo.InvariantCulture);
        _to.Advance(written);
    }

    private void Base64(ReadOnlySpan<byte> member, byte[]? value)
    {
        if (value is null) return;
        _to.Write(member);
        _to.Write("\""u8);
        Encoding.UTF8.GetBytes(Convert.ToBase64String(value), _to);
        _to.Write("\""u8);
    }
}
