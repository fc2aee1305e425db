using Npgsql;
using NpgsqlTypes;

namespace ComplianceGrid.Storage.Sql;

/// <summary>Typed positional parameters; a null keeps its type, so that the planner can drop the filter that it switches off.</summary>
internal static class Parameters
{
    public static NpgsqlParameter Text(string? value) => Of(value, NpgsqlDbType.Text);
    public static NpgsqlParameter Texts(IReadOnlyList<string>? values) => Of(values?.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text);
    public static NpgsqlParameter Uuid(Guid? value) => Of(value, NpgsqlDbType.Uuid);
    public static NpgsqlParameter Date(DateOnly? value) => Of(value, NpgsqlDbType.Date);
    public static NpgsqlParameter Instant(DateTimeOffset? value) => Of(value?.ToUniversalTime(), NpgsqlDbType.TimestampTz);
    public static NpgsqlParameter Small(short? value) => Of(value, NpgsqlDbType.Smallint);
    public static NpgsqlParameter Integer(int value) => Of(value, NpgsqlDbType.Integer);
    public static NpgsqlParameter Long(long value) => Of(value, NpgsqlDbType.Bigint);
    public static NpgsqlParameter Boolean(bool? value) => Of(value, NpgsqlDbType.Boolean);

    private static NpgsqlParameter Of(object? value, NpgsqlDbType type) => new() { NpgsqlDbType = type, Value = value ?? DBNull.Value };
}
