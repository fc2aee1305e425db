using ComplianceGrid.Api.Audit;
using ComplianceGrid.Api.AuditLog.Entries;
using ComplianceGrid.Api.Http;
using ComplianceGrid.Api.Security;
using ComplianceGrid.Storage.Audit.Search;

namespace ComplianceGrid.Api.AuditLog.Search;

/// <summary>A search's page, and what a cursor keeps of it: the window, which the clock must not move, and the last row.</summary>
internal sealed record SearchPage(AuditQuery Query, Page<EntryAnswer> Page)
{
    public static async Task<SearchPage> ReadAsync(SearchTerms terms, string? cursor, string? limit, HttpContext context, CancellationToken ct)
    {
        var services = context.RequestServices;
        var (seal, caller) = (services.GetRequiredService<CursorSeal>(), context.Caller());
        var asked = $"audit/{caller.Tenant}/{terms.Text}";
        var query = terms.Read(services.GetRequiredService<TimeProvider>().GetUtcNow(), Paging.Limit(limit));
        if (seal.Open<Cursor>(cursor, asked) is { } at) query = query with { From = at.From, To = at.To, After = at.After };
        var (entries, next) = await services.GetRequiredService<AuditReads>().ListAsync(caller.Tenant, query, ct);
        context.Audit().Count(entries.Count);
        return new(query, new([.. entries.Select(EntryAnswer.Of)], seal.Next(next is null ? null : new Cursor(query.From, query.To, next), asked)));
    }

    private sealed record Cursor(DateTimeOffset From, DateTimeOffset? To, AuditPosition After);
}
