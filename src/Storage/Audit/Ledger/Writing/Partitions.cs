using System.Collections.Concurrent;
using Npgsql;
using NpgsqlTypes;

namespace ComplianceGrid.Storage.Audit.Ledger;

/// <summary>The months' partitions that are known to be there.</summary>
internal sealed class Partitions
{
    private const string Ensure = "SELECT audit.ensure_partition($1)";

    private readonly ConcurrentDictionary<DateOnly, string> _known = new();

    public static DateOnly MonthOf(DateTime at) => new(at.Year, at.Month, 1);

    /// <summary>The partition's quoted name. Makes one that is missing, in the connection's transaction.</summary>
    public async Task<string> OfAsync(NpgsqlConnection connection, DateOnly month, CancellationToken ct)
    {
        if (_known.TryGetValue(month, out var known)) return known;
        await using var command = new NpgsqlCommand(Ensure, connection);
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = month.ToDateTime(default, DateTimeKind.Utc), NpgsqlDbType = NpgsqlDbType.TimestampTz });
        return (string)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>To be called when the transaction that used it has committed.</summary>
    public void Keep(DateOnly month, string partition) => _known.TryAdd(month, partition);

    /// <summary>After a refusal: one of them may have been detached.</summary>
    public void Forget() => _known.Clear();
}
