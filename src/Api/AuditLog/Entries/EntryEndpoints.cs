using System.Text;
using ComplianceGrid.Api.Http;
using ComplianceGrid.Api.OpenApi;
using ComplianceGrid.Api.Security;
using ComplianceGrid.Storage.Audit.Search;

namespace ComplianceGrid.Api.AuditLog.Entries;

/// <summary>One entry of the tenant's log.</summary>
internal static class EntryEndpoints
{
    public static void MapEntries(this IEndpointRouteBuilder audit) =>
        audit.MapGet("/logs/{id:guid}", GetAsync).WithName("getAuditEntry").Answers(GridError.NotFound).RequirePermission(Permission.AuditRead);

    private static async Task<Representation<EntryDetailAnswer>> GetAsync(
        Guid id, HttpContext context, AuditReads reads, PersonalOpening opening, CancellationToken ct)
    {
        var caller = context.Caller();
        var stored = await reads.FindAsync(caller.Tenant, id, ct) ?? throw new GridException(GridError.NotFound, "The log has no such entry.");
        var record = EntryRecord.Parse(stored.Record);
        var (state, detail) = await opening.OpenAsync(caller, id, record);
        return Representation.Of(new EntryDetailAnswer
        {
            Entry = EntryAnswer.Of(stored, record),
            PersonalState = state,
            Personal = detail,
            Record = Encoding.UTF8.GetString(stored.Record),
        });
    }
}
