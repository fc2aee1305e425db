using Npgsql;
using NpgsqlTypes;

namespace ComplianceGrid.Storage.Audit;

/// <summary>How large the audit database is and was. As <c>grid_audit_writer</c>.</summary>
public sealed class AuditStoreSizes(NpgsqlDataSource audit)
{
    private const string Sample = """
        INSERT INTO audit.store_size (at, bytes) SELECT $1, pg_database_size(current_database())
         WHERE NOT EXISTS (SELECT FROM audit.store_size WHERE at > $1 - $2) ON CONFLICT DO NOTHING
        """;

    private const string Read = "SELECT at, bytes FROM audit.store_size WHERE at >= $1 ORDER BY at";

    /// <summary>Records the size, unless that was done within <paramref name="every"/>.</summary>
    public async Task SampleAsync(DateTimeOffset now, TimeSpan every, CancellationToken ct = default)
    {
        await using var command = audit.CreateCommand(Sample);
        command.Parameters.Add(Instant(now));
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = every });
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Oldest first.</summary>
    public async Task<IReadOnlyList<StoreSize>> ReadAsync(DateTimeOffset since, CancellationToken ct = default)
    {
        await using var command = audit.CreateCommand(Read);
        command.Parameters.Add(Instant(since));
        List<StoreSize> sizes = [];
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) sizes.Add(new(reader.GetFieldValue<DateTimeOffset>(0), reader.GetInt64(1)));
        return sizes;
    }

    private static NpgsqlParameter Instant(DateTimeOffset at) =>
        new NpgsqlParameter<DateTime> { TypedValue = at.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}

public readonly record struct StoreSize(DateTimeOffset At, long Bytes);
