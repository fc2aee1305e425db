using System.Diagnostics;
using System.Text.Json;
using ComplianceGrid.Status;
using ComplianceGrid.Storage;
using ComplianceGrid.Storage.Outbox;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Audit;

/// <summary>
/// Makes the audit entries that ride in one write of a grain; the actor is whoever made the call, else the part of the system that
/// did. Details are codes, counts and statuses: a personal datum goes apart, and the log takes it sealed.
/// </summary>
/// <param name="Cause">The grain and its revision: an entry's id is derived from it.</param>
internal sealed record AuditTrace(TenantId Tenant, string Cause, string Resource, Guid? Id, DateTimeOffset Now)
{
    /// <summary>What the act was on, where it is not the record itself but a part of it, such as a waiver.</summary>
    public string ActResource { get; init; } = Resource;

    /// <summary>One of the entries of an act that takes several.</summary>
    /// <param name="n">From 0.</param>
    public OutboxMessage Part(int n, AuditAction action, object details) => Message(n == 0 ? "act" : $"act/{n}", ActResource, action, details);

    /// <summary>What was done or came in, and the status on record where it is another now.</summary>
    /// <param name="act">Null: nobody's act, only facts or time. What they changed is told of with the status, else by an entry of its own.</param>
    /// <param name="before">The status on record so far; null: none.</param>
    /// <param name="after">Null: nothing goes on record yet.</param>
    /// <param name="eventId">The event that caused it; null: a command, or time.</param>
    /// <param name="personal">What changed about a person; null: nothing.</param>
    public IEnumerable<OutboxMessage> Change(
        AuditAction? act, object actDetails, ComplianceStatus? before, StatusAssessment? after, string? eventId, PersonalDetail? personal = null)
    {
        var turns = after is not null && after.Status != before;
        if (act is { } action) yield return Message("act", ActResource, action, actDetails, personal);
        else if (personal is not null && !turns) yield return Message("facts", Resource, AuditAction.Update, new { eventId }, personal);
        if (!turns) yield break;
        yield return Message("status", Resource, AuditAction.StatusChanged, new
        {
            from = before,
            to = after!.Status,
            reasons = after.Reasons.Select(reason => $"GRID-{(int)reason.Code}"),
            after.PolicyVersion,
            eventId,
        }, act is null ? personal : null);
    }

    /// <param name="effect">Makes the entry's id unique among those of the cause.</param>
    private OutboxMessage Message(string effect, string resource, AuditAction action, object details, PersonalDetail? personal = null)
    {
        var entry = new AuditEntry
        {
            Id = DerivedId.Of("audit", Cause, effect),
            Timestamp = Now,
            TenantId = Tenant.Value,
            UserId = Context(CallContext.Actor) ?? "system:grid",
            UserRole = Context(CallContext.ActorRole) ?? "system",
            Action = action,
            Resource = resource,
            ResourceId = Id?.ToString("D"),
            IpAddress = Context(CallContext.IpAddress),
            UserAgent = Context(CallContext.UserAgent),
            RequestId = Context(CallContext.RequestId) ?? Activity.Current?.TraceId.ToString(),
            Details = JsonSerializer.Serialize(details, GridJson.Options),
            Success = true,
            PersonId = personal?.Person,
        };
        return new(entry.Id, Tenant.Value, OutboxKinds.Audit, LedgerShards.Of(Tenant.Value),
            JsonSerializer.SerializeToUtf8Bytes(entry, GridJson.Options), Activity.Current?.Id)
        {
            Personal = personal,
        };
    }

    private static string? Context(string name) => RequestContext.Get(name) as string;
}
