using ComplianceGrid.Storage.Sql;
using Npgsql;
using NpgsqlTypes;

namespace ComplianceGrid.Storage.Audit.Ledger;

/// <summary>Which entries are in their logs already: a repeat may come months later.</summary>
internal static class KnownIds
{
    /// <summary>An entry is appended after its act. A caller's clock may be ahead of ours by so much and its repeat is still found.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromDays(1);

    /// <summary>Older acts are looked up apart: one of them must not send all the others through every month's partition.</summary>
    private static readonly TimeSpan Recent = TimeSpan.FromDays(2);

    private const string Known = "SELECT tenant_id, id FROM audit.audit_log WHERE id = ANY ($1) AND created_at >= $2";

    public static async Task<HashSet<(string Tenant, Guid Id)>> ReadAsync(
        NpgsqlConnection connection, IReadOnlyCollection<LedgerEntry> entries, DateTime now, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var group in entries.GroupBy(entry => entry.Timestamp < now - Recent))
        {
            var earliest = group.Min(entry => entry.Timestamp);
            var since = (earliest < now ? earliest : now) - ClockSkew;
            batch.BatchCommands.Add(new(Known)
            {
                Parameters =
                {
                    Column.Id([.. group], entry => entry.Id),
                    new NpgsqlParameter<DateTime> { TypedValue = since, NpgsqlDbType = NpgsqlDbType.TimestampTz },
                },
            });
        }

        HashSet<(string, Guid)> known = [];
        await using var reader = await batch.ExecuteReaderAsync(ct);
        do
        {
            while (await reader.ReadAsync(ct)) known.Add((reader.GetString(0), reader.GetGuid(1)));
        }
        while (await reader.NextResultAsync(ct));
        return known;
    }
}
