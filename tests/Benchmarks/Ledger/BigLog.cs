using System.Globalization;
using ComplianceGrid.Storage.Audit.Ledger;
using ComplianceGrid.Storage.Audit.Personal;
using Npgsql;

namespace ComplianceGrid.Benchmarks.Ledger;

/// <summary>
/// One tenant's log of ten million entries over the twelve months before this one: true records, tiles and heads. A month is loaded
/// before it becomes a partition, which makes its indexes all at once.
/// </summary>
internal static class BigLog
{
    public const string Tenant = "bench-ten-million";
    public const int Users = 1_000, Months = 12, Entries = 10_000_000;

    private const int PerAppend = 20_000;
    private static readonly TimeProvider Clock = TimeProvider.System;

    // As audit.ensure_partition makes one, but filled before it is attached.
    private const string Attach = """
        SET LOCAL maintenance_work_mem = '512MB';
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.{0} FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
        GRANT INSERT ON audit.{0} TO grid_audit_writer;
        ALTER TABLE audit.{0} OWNER TO grid_audit_owner;
        ALTER TABLE audit.audit_log ATTACH PARTITION audit.{0} FOR VALUES FROM ('{1:yyyy-MM-dd}Z') TO ('{2:yyyy-MM-dd}Z');
        ANALYZE audit.{0};
        """;

    /// <summary>The first day of each month, oldest first.</summary>
    public static DateTime[] MonthStarts()
    {
        var now = Clock.GetUtcNow();
        var current = new DateTime(now.Year, now.Month, 1, 0, 0, 0, DateTimeKind.Utc);
        return [.. Enumerable.Range(1, Months).Select(before => current.AddMonths(-before)).Reverse()];
    }

    public static async Task LoadAsync(LedgerUnderTest ledger, CancellationToken ct)
    {
        var start = Clock.GetTimestamp();
        var maker = new EntryMaker(3, Users);
        var log = await EmptyAsync(ledger, ct);
        foreach (var (n, month) in MonthStarts().Index())
        {
            var size = (long)Entries * (n + 1) / Months;
            await using var connection = await ledger.Superuser.OpenConnectionAsync(ct);
            await using var transaction = await connection.BeginTransactionAsync(ct);
            log = await MonthAsync(connection, ledger.Details, maker, log, month, size, ct);
            await transaction.CommitAsync(ct);
            Report.Progress(string.Create(CultureInfo.InvariantCulture, $"{log.Size:N0} of {Entries:N0} entries loaded and indexed after {Clock.GetElapsedTime(start).TotalSeconds:N0} s"));
        }
    }

    private static async Task<OpenLog> EmptyAsync(LedgerUnderTest ledger, CancellationToken ct)
    {
        await using var connection = await ledger.Superuser.OpenConnectionAsync(ct);
        return (await HeadSql.ReadAsync(connection, [Tenant], ct))[0];
    }

    private static async Task<OpenLog> MonthAsync(
        NpgsqlConnection connection, PersonalDetails details, EntryMaker maker, OpenLog log, DateTime month, long end, CancellationToken ct)
    {
        var (table, next, first) = ($"audit_log_{month:yyyy_MM}", month.AddMonths(1), log.Size);
        var records = new RecordWriter();
        await ExecuteAsync(connection, $"CREATE TABLE audit.{table} (LIKE audit.audit_log INCLUDING CONSTRAINTS)", ct);
        var making = MakeAsync(details, maker, month, Math.Min(PerAppend, end - first), ct);
        while (log.Size < end)
        {
            var (entries, now) = await making;
            var after = log.Size + entries.Length;
            if (after < end) making = MakeAsync(details, maker, month + (next - month) * ((double)(after - first) / (end - first)), Math.Min(PerAppend, end - after), ct);
            var grown = new LogAppend(log, entries, LedgerEntry.Micros(now)).Grow(records);
            await CopyAsync(connection, table, grown.Rows, ct);
            await TileSql.InsertAsync(connection, [grown], ct);
            await HeadSql.InsertAsync(connection, [grown], ct);
            log = grown.After;
        }

        await ExecuteAsync(connection, string.Format(CultureInfo.InvariantCulture, Attach, table, month, next), ct);
        return log;
    }

    /// <summary>The next entries, while those before them are written.</summary>
    private static Task<(LedgerEntry[] Entries, DateTime Now)> MakeAsync(PersonalDetails details, EntryMaker maker, DateTime now, long entries, CancellationToken ct) =>
        Task.Run(async () =>
        {
            var made = maker.Batch([Tenant], (int)entries, now);
            var sealedDetails = await details.SealAsync(made, ct);
            return (made.Select((entry, n) => LedgerEntry.Of(entry, sealedDetails[n])).ToArray(), now);
        }, ct);

    private static async Task CopyAsync(NpgsqlConnection connection, string table, LedgerRow[] rows, CancellationToken ct)
    {
        await using var copy = await connection.BeginBinaryImportAsync($"COPY audit.{table} {RowCopy.Columns} FROM STDIN (FORMAT BINARY, FREEZE)", ct);
        foreach (var row in rows) await RowCopy.WriteAsync(copy, row, ct);
        await copy.CompleteAsync(ct);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
#pragma warning disable CA2100 // names of months cannot be parameters
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 600 };
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(ct);
    }
}
