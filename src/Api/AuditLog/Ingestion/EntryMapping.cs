using System.Buffers;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using ComplianceGrid.Api.Audit;
using ComplianceGrid.Api.Http;
using ComplianceGrid.Api.Security;
using ComplianceGrid.Audit;
using ComplianceGrid.ServiceDefaults.Http;

namespace ComplianceGrid.Api.AuditLog.Ingestion;

internal static class EntryMapping
{
    /// <summary>Who sent an entry stands in its details, so that it never passes for one of the grid's own.</summary>
    private const string Sender = "sentBy";

    private const int LargestDetails = 8 << 10;
    private const int LargestPersonal = 16 << 10;

    /// <param name="body">Checked.</param>
    public static AuditEntry ToEntry(this EntryBody body, Guid id, string at, Caller caller)
    {
        var personal = Personal(body, at);
        return new()
        {
            Id = id,
            Timestamp = body.Timestamp,
            TenantId = caller.Tenant.Value,
            UserId = body.UserId,
            UserRole = body.UserRole,
            Action = ActionNames.Sent(at + "action", body.Action),
            Resource = body.Resource,
            ResourceId = body.ResourceId,
            IpAddress = body.IpAddress is null ? null : IPAddress.Parse(body.IpAddress).Text(),
            UserAgent = body.UserAgent,
            RequestId = body.RequestId,
            Details = Details(body, at, caller),
            Success = body.Result == "SUCCESS",
            ErrorCode = body.ErrorCode,
            DurationMs = body.DurationMs ?? 0,
            PersonId = personal is null ? null : body.PersonId ?? AuditScope.PersonOf(body.UserId),
            Personal = personal,
        };
    }

    private static string Details(EntryBody body, string at, Caller caller)
    {
        if (body.Details?.ContainsKey(Sender) == true) throw Fields.Refuse(at + "details", $"not hold {Sender}, which names the sender");
        return Object(at + "details", LargestDetails, json =>
        {
            foreach (var (name, value) in body.Details ?? []) Member(json, name, value);
            json.WriteString(Sender, caller.User);
        });
    }

    private static string? Personal(EntryBody body, string at)
    {
        if (body is { Before: null, After: null, Query: null, Reason: null, Message: null }) return null;
        return Object(at + "before, after, query, reason and message", LargestPersonal, json =>
        {
            foreach (var (name, members) in new[] { ("before", body.Before), ("after", body.After) })
            {
                if (members is null) continue;
                json.WriteStartObject(name);
                foreach (var (member, value) in members) Member(json, member, value);
                json.WriteEndObject();
            }

            foreach (var (name, text) in new[] { ("query", body.Query), ("reason", body.Reason), ("message", body.Message) })
                if (text is not null) json.WriteString(name, text);
        });
    }

    // As it was sent: an element's own writer refuses lone surrogates, of which the log makes U+FFFD.
    private static void Member(Utf8JsonWriter json, string name, JsonElement value)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);
    }

    private static string Object(string field, int largest, Action<Utf8JsonWriter> members)
    {
        var to = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(to))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return to.WrittenCount <= largest ? Encoding.UTF8.GetString(to.WrittenSpan) : throw Fields.Refuse(field, $"have at most {largest} bytes");
    }
}
