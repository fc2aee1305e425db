using ComplianceGrid.Benchmarks.Load;
using Npgsql;
using NpgsqlTypes;

namespace ComplianceGrid.Benchmarks.Ledger;

/// <summary>A page of fifty of one user's entries of one month among ten million, as <c>grid_auditor</c> under row-level security.</summary>
internal static class SearchFigure
{
    private const int Page = 50;
    private const double PerSecond = 50;

    private const string Scope = "SELECT set_config('app.tenant_id', $1, true)";

    private const string Newest = """
        SELECT id, created_at, epoch, leaf_index, record FROM audit.audit_log
         WHERE tenant_id = $1 AND user_id = $2 AND created_at >= $3 AND created_at < $4
         ORDER BY created_at DESC, epoch DESC, leaf_index DESC LIMIT $5
        """;

    public static async Task RunAsync(LedgerUnderTest ledger, Report report, CancellationToken ct)
    {
        var (random, months) = (new Random(5), BigLog.MonthStarts());
        var searches = Enumerable.Range(0, 2_000).Select(_ => (User: EntryMaker.User(random.Next(BigLog.Users)), Month: months[random.Next(months.Length)])).ToArray();
        var latencies = await LoadGenerator.PacedAsync(PerSecond, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), async n =>
        {
            var (user, month) = searches[n % searches.Length];
            return await PageAsync(ledger.Auditor, user, month, ct) == Page;
        });
        report.P99("a user's entries of a month among 10,000,000, 50/s", latencies, 100);
    }

    /// <returns>How many entries the page has.</returns>
    private static async Task<int> PageAsync(NpgsqlDataSource auditor, string user, DateTime month, CancellationToken ct)
    {
        await using var batch = auditor.CreateBatch();
        batch.BatchCommands.Add(new(Scope) { Parameters = { Text(BigLog.Tenant) } });
        batch.BatchCommands.Add(new(Newest)
        {
            Parameters = { Text(BigLog.Tenant), Text(user), Instant(month), Instant(month.AddMonths(1)), new NpgsqlParameter<int> { TypedValue = Page } },
        });
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        var rows = 0;
        for (; await reader.ReadAsync(ct); rows++) _ = reader.GetFieldValue<byte[]>(4);
        return rows;
    }

    private static NpgsqlParameter Text(string value) => new NpgsqlParameter<string> { TypedValue = value };

    private static NpgsqlParameter Instant(DateTime value) => new NpgsqlParameter<DateTime> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}
