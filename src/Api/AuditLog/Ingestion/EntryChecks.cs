using System.Net;
using ComplianceGrid.Api.Http;

namespace ComplianceGrid.Api.AuditLog.Ingestion;

internal static class EntryChecks
{
    private const int LongestPersonal = 4_000;
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);
    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <param name="at">Where the entry stands in the request, for example <c>entries[3].</c></param>
    public static void Check(EntryBody body, string at, DateTimeOffset now)
    {
        // The grid derives the ids of its own entries (version 8): nobody can take the place of one before it is written.
        if (body.Id is { Version: not (4 or 7) }) throw Fields.Refuse(at + "id", "be a UUID of version 4 or 7");
        if (body.Timestamp < Earliest || body.Timestamp > now + ClockSkew)
            throw Fields.Refuse(at + "timestamp", "be an instant since 2000, and not more than 5 minutes ahead");
        Fields.Text(at + "userId", body.UserId, 200);
        Fields.Text(at + "userRole", body.UserRole, 200);
        ActionNames.Sent(at + "action", body.Action);
        Fields.Code(at + "resource", body.Resource);
        Fields.OptionalText(at + "resourceId", body.ResourceId, 200);
        if (body.IpAddress is not null && !IPAddress.TryParse(body.IpAddress, out _)) throw Fields.Refuse(at + "ipAddress", "be an IPv4 or IPv6 address");
        Fields.OptionalText(at + "userAgent", body.UserAgent, 512);
        Fields.OptionalText(at + "requestId", body.RequestId, 128);
        Fields.OptionalText(at + "personId", body.PersonId, 200);
        foreach (var (name, text) in new[] { ("query", body.Query), ("reason", body.Reason), ("message", body.Message) })
            if (text is { Length: > LongestPersonal }) throw Fields.Refuse(at + name, $"have at most {LongestPersonal} characters");
        if (body.Result is not ("SUCCESS" or "FAILURE")) throw Fields.Refuse(at + "result", "be SUCCESS or FAILURE");
        if (body.ErrorCode is not null) Fields.Code(at + "errorCode", body.ErrorCode);
        Fields.Within(at + "durationMs", body.DurationMs ?? 0, 0, 86_400_000);
    }
}
