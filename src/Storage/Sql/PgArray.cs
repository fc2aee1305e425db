using System.Globalization;
using System.Text;

namespace ComplianceGrid.Storage.Sql;

/// <summary>
/// Array literals. <c>unnest</c> flattens arrays of arrays, so a column that is itself an array travels as its text form and is cast.
/// </summary>
internal static class PgArray
{
    public static string Text(IEnumerable<string> values)
    {
        var literal = new StringBuilder("{");
        foreach (var value in values)
        {
            if (literal.Length > 1) literal.Append(',');
            literal.Append('"').Append(value.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"');
        }

        return literal.Append('}').ToString();
    }

    /// <summary>Instants to the microsecond, PostgreSQL's resolution.</summary>
    public static string Instants(IEnumerable<DateTimeOffset> values) =>
        Join(values.Select(value => value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture)));

    public static string Numbers(IEnumerable<int> values) => Join(values.Select(value => value.ToString(CultureInfo.InvariantCulture)));

    private static string Join(IEnumerable<string> values) => $"{{{string.Join(',', values)}}}";
}
