using Npgsql;
using NpgsqlTypes;

namespace ComplianceGrid.Storage.Sql;

/// <summary>Array parameters: one column of many rows each, for <c>unnest</c>.</summary>
internal static class Column
{
    public static NpgsqlParameter Text<T>(IReadOnlyList<T> rows, Func<T, string?> value) => Of(rows, value, NpgsqlDbType.Text);

    public static NpgsqlParameter Int<T>(IReadOnlyList<T> rows, Func<T, int> value) => Of(rows, value, NpgsqlDbType.Integer);

    public static NpgsqlParameter Int<T>(IReadOnlyList<T> rows, Func<T, int?> value) => Of(rows, value, NpgsqlDbType.Integer);

    public static NpgsqlParameter Small<T>(IReadOnlyList<T> rows, Func<T, short> value) => Of(rows, value, NpgsqlDbType.Smallint);

    public static NpgsqlParameter Long<T>(IReadOnlyList<T> rows, Func<T, long> value) => Of(rows, value, NpgsqlDbType.Bigint);

    public static NpgsqlParameter Id<T>(IReadOnlyList<T> rows, Func<T, Guid> value) => Of(rows, value, NpgsqlDbType.Uuid);

    public static NpgsqlParameter Bytes<T>(IReadOnlyList<T> rows, Func<T, byte[]?> value) => Of(rows, value, NpgsqlDbType.Bytea);

    public static NpgsqlParameter Json<T>(IReadOnlyList<T> rows, Func<T, string> value) => Of(rows, value, NpgsqlDbType.Jsonb);

    public static NpgsqlParameter Date<T>(IReadOnlyList<T> rows, Func<T, DateOnly> value) => Of(rows, value, NpgsqlDbType.Date);

    public static NpgsqlParameter Date<T>(IReadOnlyList<T> rows, Func<T, DateOnly?> value) => Of(rows, value, NpgsqlDbType.Date);

    public static NpgsqlParameter Instant<T>(IReadOnlyList<T> rows, Func<T, DateTimeOffset> value) =>
        Of(rows, row => value(row).UtcDateTime, NpgsqlDbType.TimestampTz);

    public static NpgsqlParameter Instant<T>(IReadOnlyList<T> rows, Func<T, DateTimeOffset?> value) =>
        Of(rows, row => value(row)?.UtcDateTime, NpgsqlDbType.TimestampTz);

    private static NpgsqlParameter Of<T, TValue>(IReadOnlyList<T> rows, Func<T, TValue> value, NpgsqlDbType type)
    {
        var values = new TValue[rows.Count];
        for (var i = 0; i < values.Length; i++) values[i] = value(rows[i]);
        return new NpgsqlParameter<TValue[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type };
    }
}
