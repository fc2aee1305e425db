using Npgsql;

namespace ComplianceGrid.Storage.Audit.Ledger;

/// <summary>One attempt to append a batch: rows, heads and full tiles of many logs, all or nothing.</summary>
internal sealed class LedgerTransaction(NpgsqlDataSource source, Partitions partitions, OpenLogs logs, ILogGuard guard, RecordWriter records)
{
    private const int GuardedAtOnce = 8;

    /// <exception cref="LedgerConflictException">A log was not as it was known: drop what is kept of it, and repeat.</exception>
    /// <exception cref="LedgerOutcomeUnknownException">The same, and what was sent may stand: a repeat finds its ids.</exception>
    public async Task<LedgerCommit> RunAsync(ILookup<string, LedgerEntry> entries, DateTime now, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        try
        {
            // Heads first, then ids: who appends between the two takes the head's place, and we lose ours.
            var (open, refused) = await OpenAsync(connection, [.. entries.Select(log => log.Key)], ct);
            var fresh = await FreshAsync(connection, [.. open.SelectMany(log => entries[log.Tenant])], now, ct);
            LogAppend[] appends = [.. open.Where(log => fresh.Contains(log.Tenant)).Select(log => new LogAppend(log, [.. fresh[log.Tenant]], now))];
            if (appends.Length == 0) return new([], refused);

            var grown = await GrowAsync(connection, appends, ct);
            var used = await CopyAsync(connection, grown, ct);
            await TileSql.InsertAsync(connection, grown, ct);
            await HeadSql.InsertAsync(connection, grown, ct);
            await CommitAsync(transaction);
            foreach (var (month, partition) in used) partitions.Keep(month, partition);
            foreach (var log in grown) logs.Keep(log.After);
            return new(grown, refused);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DeadlockDetected)
        {
            throw new LedgerConflictException("Another writer appended to one of the logs.", e);
        }
        catch (PostgresException)
        {
            partitions.Forget();
            throw;
        }
    }

    private async Task<(List<OpenLog> Open, List<RefusedLog> Refused)> OpenAsync(NpgsqlConnection connection, string[] tenants, CancellationToken ct)
    {
        List<OpenLog> open = [];
        List<string> unknown = [];
        foreach (var tenant in tenants)
        {
            if (logs.Find(tenant) is { } known) open.Add(known);
            else unknown.Add(tenant);
        }

        List<RefusedLog> refused = [];
        if (unknown.Count == 0) return (open, refused);
        foreach (var (log, reason) in await AskAsync(await HeadSql.ReadAsync(connection, unknown, ct), ct))
        {
            if (reason is not null) refused.Add(new(log.Tenant, reason));
            else open.Add(log);
        }

        return (open, refused);
    }

    /// <summary>The guard's answers, a few at a time: after a start all logs are new to their writer.</summary>
    private async Task<(OpenLog Log, string? Reason)[]> AskAsync(List<OpenLog> logs, CancellationToken ct)
    {
        var answers = new (OpenLog, string?)[logs.Count];
        await Parallel.ForEachAsync(Enumerable.Range(0, logs.Count), new ParallelOptions { MaxDegreeOfParallelism = GuardedAtOnce, CancellationToken = ct },
            async (n, token) => answers[n] = (logs[n], await guard.RefusalAsync(logs[n].Head, token)));
        return answers;
    }

    private static async Task<ILookup<string, LedgerEntry>> FreshAsync(
        NpgsqlConnection connection, IReadOnlyCollection<LedgerEntry> entries, DateTime now, CancellationToken ct)
    {
        var known = entries.Count == 0 ? [] : await KnownIds.ReadAsync(connection, entries, now, ct);
        return entries.Where(entry => !known.Contains((entry.TenantId, entry.Id))).ToLookup(entry => entry.TenantId, StringComparer.Ordinal);
    }

    private async Task<Grown[]> GrowAsync(NpgsqlConnection connection, LogAppend[] appends, CancellationToken ct)
    {
        OpenLog[] missing = [.. appends.Where(append => append.FillsTile && append.Log is { Tail: null } log && log.Size > log.TailStart).Select(append => append.Log)];
        if (missing.Length == 0) return [.. appends.Select(append => append.Grow(records))];
        var tails = await TileSql.ReadTailsAsync(connection, missing, ct);
        return [.. appends.Select(append => tails.Contains(append.Log.Tenant) ? append.WithTail([.. tails[append.Log.Tenant]]) : append).Select(append => append.Grow(records))];
    }

    private async Task<List<(DateOnly Month, string Partition)>> CopyAsync(NpgsqlConnection connection, Grown[] grown, CancellationToken ct)
    {
        List<(DateOnly, string)> used = [];
        foreach (var month in grown.GroupBy(log => Partitions.MonthOf(log.After.CreatedAt)))
        {
            var partition = await partitions.OfAsync(connection, month.Key, ct);
            await RowCopy.RunAsync(connection, partition, month.SelectMany(log => log.Rows), ct);
            used.Add((month.Key, partition));
        }

        return used;
    }

    // Not cancelled: a commit that has begun is waited for, so that its outcome is known.
    private static async Task CommitAsync(NpgsqlTransaction transaction)
    {
        try
        {
            await transaction.CommitAsync(CancellationToken.None);
        }
        catch (Exception e)
        {
            throw new LedgerOutcomeUnknownException(e);
        }
    }
}

/// <summary>What a transaction appended.</summary>
internal sealed record LedgerCommit(Grown[] Logs, List<RefusedLog> Refused);

internal sealed record RefusedLog(string Tenant, string Reason);
