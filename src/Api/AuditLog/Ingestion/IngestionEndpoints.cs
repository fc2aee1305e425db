using ComplianceGrid.Api.Audit;
using ComplianceGrid.Api.Http;
using ComplianceGrid.Api.OpenApi;
using ComplianceGrid.Api.Security;
using ComplianceGrid.Audit;

namespace ComplianceGrid.Api.AuditLog.Ingestion;

/// <summary>
/// <c>POST /audit/log</c>: entries of other services. They go with the request's own entry, in one piece, to the store or the spool, and
/// are durable when the answer leaves. The ledger knows an entry by its id and writes it once.
/// </summary>
internal static class IngestionEndpoints
{
    private const int LongestBody = 64 << 10;
    private const int LongestBatch = 2 << 20;
    private const int MostEntries = 1_000;

    public static void MapIngestion(this IEndpointRouteBuilder audit)
    {
        audit.MapPost("/log", LogEntry).WithName("logEntry").Takes(LongestBody).Creates().Answers(GridError.AuditNoRoom)
            .RequirePermission(Permission.AuditWrite);
        audit.MapPost("/log/batch", LogEntries).WithName("logEntries").Takes(LongestBatch).Answers(GridError.AuditNoRoom)
            .RequirePermission(Permission.AuditWrite);
    }

    private static Representation<LoggedAnswer> LogEntry(EntryBody body, HttpContext context, TimeProvider clock)
    {
        EntryChecks.Check(body, "", clock.GetUtcNow());
        var id = CreationId.Of(context.Request, context.Caller(), body.Id, "audit-entry", clock);
        context.Audit().Bring([body.ToEntry(id, "", context.Caller())]);
        context.Audit().About(id);
        context.Audit().Count(1);
        return new(new([id]), revision: null, StatusCodes.Status201Created, $"/audit/logs/{id:D}");
    }

    private static Representation<LoggedAnswer> LogEntries(EntryBatchBody body, HttpContext context, TimeProvider clock)
    {
        Fields.Within("the number of entries", body.Entries.Length, 1, MostEntries);
        var now = clock.GetUtcNow();
        var (entries, ids) = (new List<AuditEntry>(body.Entries.Length), new HashSet<Guid>());
        foreach (var (place, entry) in body.Entries.Index())
        {
            var at = string.Create(null, $"entries[{place}].");
            if (entry is null) throw Fields.Refuse(at.TrimEnd('.'), "be an entry");
            EntryChecks.Check(entry, at, now);
            var id = entry.Id ?? Guid.CreateVersion7(now);
            if (!ids.Add(id)) throw Fields.Refuse(at + "id", "be another than those before it");
            entries.Add(entry.ToEntry(id, at, context.Caller()));
        }

        context.Audit().Bring([.. entries]);
        context.Audit().Count(entries.Count);
        return Representation.Of(new LoggedAnswer([.. entries.Select(entry => entry.Id)]));
    }
}
