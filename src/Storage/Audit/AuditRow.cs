using System.Text.Json;
using ComplianceGrid.Audit;
using Npgsql;
using NpgsqlTypes;

namespace ComplianceGrid.Storage.Audit;

/// <summary>One entry as a row. No content can make a row fail: an entry that could not be stored would stop its whole shard.</summary>
internal static class AuditRow
{
    public const string Columns =
        "(id, timestamp, tenant_id, user_id, user_role, action, resource, resource_id, ip_address, user_agent, request_id, details, result, error_code, duration, created_at)";

    /// <summary>Keeps indexed values below what a B-tree row takes (2,704 bytes, here at 4 bytes a character for two columns).</summary>
    private const int Longest = 256;
    private const int LongestUserAgent = 512;

    public static async Task WriteAsync(NpgsqlBinaryImporter copy, AuditEntry entry, DateTime createdAt, CancellationToken ct)
    {
        await copy.StartRowAsync(ct);
        await copy.WriteAsync(entry.Id, NpgsqlDbType.Uuid, ct);
        await copy.WriteAsync(entry.Timestamp.UtcDateTime, NpgsqlDbType.TimestampTz, ct);
        await WriteTextAsync(copy, entry.TenantId, ct);
        await WriteTextAsync(copy, entry.UserId, ct);
        await WriteTextAsync(copy, entry.UserRole, ct);
        await WriteTextAsync(copy, ActionName(entry.Action), ct);
        await WriteTextAsync(copy, entry.Resource, ct);
        await WriteTextAsync(copy, entry.ResourceId, ct);
        await WriteTextAsync(copy, entry.IpAddress, ct);
        await WriteTextAsync(copy, entry.UserAgent, ct, LongestUserAgent);
        await WriteTextAsync(copy, entry.RequestId, ct);
        if (Details(entry.Details) is { } details) await copy.WriteAsync(details, NpgsqlDbType.Json, ct);
        else await copy.WriteNullAsync(ct);
        await WriteTextAsync(copy, entry.Success ? "SUCCESS" : "FAILURE", ct);
        await WriteTextAsync(copy, entry.ErrorCode, ct);
        await copy.WriteAsync(entry.DurationMs, NpgsqlDbType.Integer, ct);
        await copy.WriteAsync(createdAt, NpgsqlDbType.TimestampTz, ct);
    }

    /// <summary><c>LOGIN_FAILED</c>.</summary>
    public static string ActionName(AuditAction action) => JsonNamingPolicy.SnakeCaseUpper.ConvertName(action.ToString());

    private static Task WriteTextAsync(NpgsqlBinaryImporter copy, string? value, CancellationToken ct, int longest = Longest) =>
        value is null ? copy.WriteNullAsync(ct) : copy.WriteAsync(Storable(value, longest), NpgsqlDbType.Text, ct);

    /// <summary>PostgreSQL takes no U+0000 and UTF-8 no lone surrogate: both become U+FFFD.</summary>
    internal static string Storable(string value, int longest)
    {
        var cut = value.Length <= longest ? value : value[..longest];
        if (!cut.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') && !cut.Contains('\0')) return cut;
        return string.Concat(cut.EnumerateRunes().Select(rune => rune.Value == 0 ? "\uFFFD" : rune.ToString()));
    }

    private static string? Details(string? details)
    {
        if (details is null) return null;
        var storable = details.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') ? Storable(details, int.MaxValue) : details;
        try
        {
            using var parsed = JsonDocument.Parse(storable);
            return storable;
        }
        catch (JsonException)
        {
            return JsonSerializer.Serialize(new { unparsed = Storable(details, LongestUserAgent) }, GridJson.Options);
        }
    }
}
