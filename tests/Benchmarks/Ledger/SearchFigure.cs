using ComplianceGrid.Benchmarks.Load;
using ComplianceGrid.Storage.Audit.Search;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Benchmarks.Ledger;

/// <summary>A page of fifty of one user's entries of one month among ten million, as the Api reads them: <c>grid_auditor</c> under row-level security.</summary>
internal static class SearchFigure
{
    private const int Page = 50;
    private const double PerSecond = 50;

    public static async Task RunAsync(LedgerUnderTest ledger, Report report, CancellationToken ct)
    {
        var (random, months, tenant) = (new Random(5), BigLog.MonthStarts(), new TenantId(BigLog.Tenant));
        var searches = Enumerable.Range(0, 2_000).Select(_ => (User: EntryMaker.User(random.Next(BigLog.Users)), Month: months[random.Next(months.Length)])).ToArray();
        var latencies = await LoadGenerator.PacedAsync(PerSecond, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), async n =>
        {
            var (user, month) = searches[n % searches.Length];
            var query = new AuditQuery { From = month, To = month.AddMonths(1), User = user, Limit = Page };
            return (await ledger.Reads.ListAsync(tenant, query, ct)).Entries.Count == Page;
        });
        report.P99("a user's entries of a month among 10,000,000, 50/s", latencies, 100);
    }
}
