using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using ComplianceGrid.Audit;
using Npgsql;
using NpgsqlTypes;

namespace ComplianceGrid.Storage.Audit;

/// <summary>The append-only log, by binary COPY as <c>grid_audit_writer</c>, which can neither update nor delete.</summary>
internal sealed class AuditStore(NpgsqlDataSource source, TimeProvider time) : IAuditStore
{
    private static readonly Counter<long> Appended =
        new Meter("ComplianceGrid.Storage").CreateCounter<long>("grid.audit.entries", description: "Audit entries appended");

    private const int LockClass = 1735550320;
    private const string Lock = "SELECT pg_advisory_xact_lock($1, $2)";
    private const string Last = "SELECT created_at FROM audit.audit_log ORDER BY created_at DESC LIMIT 1";
    private const string Known = "SELECT id FROM audit.audit_log WHERE id = ANY ($1) AND created_at >= $2";
    private const string Partition = "SELECT audit.ensure_partition($1)";
    private const string Ahead = "SELECT audit.ensure_partitions($1)";

    /// <summary>An entry is appended after its act. A caller's clock may be ahead of ours by so much and its repeat is still found.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromDays(1);
    private static readonly DateTimeOffset Earliest = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ConcurrentDictionary<DateOnly, string> partitions = new();

    public async Task<int> AppendAsync(int shard, IReadOnlyCollection<AuditEntry> entries, CancellationToken ct = default)
    {
        if (entries.Count == 0) return 0;
        AuditEntry[] distinct = [.. entries.DistinctBy(entry => entry.Id)];
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var (last, known) = await LookUpAsync(connection, transaction, shard, distinct, ct);
        AuditEntry[] fresh = known.Count == 0 ? distinct : [.. distinct.Where(entry => !known.Contains(entry.Id))];
        if (fresh.Length == 0) return 0;

        var createdAt = AppendTime(last);
        var month = new DateOnly(createdAt.Year, createdAt.Month, 1);
        var partition = await PartitionAsync(connection, transaction, month, createdAt, ct);
        try
        {
            await CopyAsync(connection, partition, fresh, createdAt, ct);
            await transaction.CommitAsync(ct);
        }
        catch (PostgresException)
        {
            partitions.TryRemove(month, out _); // it may have been detached
            throw;
        }

        partitions.TryAdd(month, partition); // known only once committed
        Appended.Add(fresh.Length);
        return fresh.Length;
    }

    public async Task EnsurePartitionsAsync(int monthsAhead, CancellationToken ct = default)
    {
        await using var command = source.CreateCommand(Ahead);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = monthsAhead });
        await command.ExecuteNonQueryAsync(ct);
    }

    // The lock comes first: what a writer of this shard committed before us is seen by the statements after it.
    private async Task<(DateTime? Last, HashSet<Guid> Known)> LookUpAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, int shard, AuditEntry[] entries, CancellationToken ct)
    {
        var since = Since(entries.Min(entry => entry.Timestamp));
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                new(Lock) { Parameters = { new NpgsqlParameter<int> { TypedValue = LockClass }, new NpgsqlParameter<int> { TypedValue = shard } } },
                new(Last),
                new(Known)
                {
                    Parameters =
                    {
                        new NpgsqlParameter<Guid[]> { TypedValue = [.. entries.Select(entry => entry.Id)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid },
                        new NpgsqlParameter<DateTime> { TypedValue = since, NpgsqlDbType = NpgsqlDbType.TimestampTz },
                    },
                },
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        var last = await reader.ReadAsync(ct) ? reader.GetDateTime(0) : (DateTime?)null;
        await reader.NextResultAsync(ct);
        HashSet<Guid> known = [];
        while (await reader.ReadAsync(ct)) known.Add(reader.GetGuid(0));
        return (last, known);
    }

    /// <summary>Before this no entry with such a time of act can have been appended.</summary>
    private DateTime Since(DateTimeOffset act)
    {
        var now = time.GetUtcNow();
        if (act > now) act = now;
        return (act > Earliest + ClockSkew ? act - ClockSkew : Earliest).UtcDateTime;
    }

    /// <summary>Now, to PostgreSQL's microsecond, but never before the last entry.</summary>
    private DateTime AppendTime(DateTime? last)
    {
        var now = time.GetUtcNow().UtcDateTime;
        now = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
        return last > now ? last.Value : now;
    }

    private async Task<string> PartitionAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, DateOnly month, DateTime at, CancellationToken ct)
    {
        if (partitions.TryGetValue(month, out var known)) return known;
        await using var command = new NpgsqlCommand(Partition, connection, transaction);
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = at, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        return (string)(await command.ExecuteScalarAsync(ct))!;
    }

    private static async Task CopyAsync(NpgsqlConnection connection, string partition, AuditEntry[] entries, DateTime createdAt, CancellationToken ct)
    {
        // The name comes from audit.ensure_partition, which quotes it: COPY takes no parameters.
        await using var copy = await connection.BeginBinaryImportAsync(string.Create(null, $"COPY {partition} {AuditRow.Columns} FROM STDIN (FORMAT BINARY)"), ct);
        foreach (var entry in entries) await AuditRow.WriteAsync(copy, entry, createdAt, ct);
        await copy.CompleteAsync(ct);
    }
}
