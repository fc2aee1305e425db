using System.Diagnostics.CodeAnalysis;
using Npgsql;
using NpgsqlTypes;

namespace ComplianceGrid.Storage.Parking;

internal static class ParkedRows
{
    /// <param name="sql">Selects the members of <see cref="ParkedItem"/> in their order; $1 tenant, $2 id of the row before the page, $3 id, $4 limit.</param>
    public static async Task<IReadOnlyList<ParkedItem>> ReadAsync<TId>(
        NpgsqlDataSource database, [ConstantExpected] string sql, NpgsqlDbType id, string? tenant, TId? after, TId? one, int max, CancellationToken ct) where TId : struct
    {
#pragma warning disable CA2100 // a constant of the caller's
        await using var command = database.CreateCommand(sql);
#pragma warning restore CA2100
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new NpgsqlParameter<string?> { TypedValue = tenant, NpgsqlDbType = NpgsqlDbType.Text },
            new() { Value = (object?)after ?? DBNull.Value, NpgsqlDbType = id },
            new() { Value = (object?)one ?? DBNull.Value, NpgsqlDbType = id },
            new NpgsqlParameter<int> { TypedValue = max },
        });
        await using var row = await command.ExecuteReaderAsync(ct);
        var items = new List<ParkedItem>();
        while (await row.ReadAsync(ct))
        {
            items.Add(new(row.GetString(0), row.GetString(1), row.GetString(2), await row.IsDBNullAsync(3, ct) ? null : row.GetString(3),
                row.GetString(4), row.GetString(5), row.GetInt32(6), row.GetString(7), row.GetFieldValue<DateTimeOffset>(8)));
        }

        return items;
    }
}
