using System.Globalization;

namespace ComplianceGrid.Api.Http;

/// <summary>Checks of single values; each refusal names the field and says what would be accepted, and never repeats the value.</summary>
internal static class Fields
{
    private static readonly DateOnly Earliest = new(1900, 1, 1);
    private static readonly DateOnly Latest = new(2199, 12, 31);

    public static GridException Refuse(string field, string must) => new(GridError.Invalid, $"{field} must {must}.");

    /// <summary>1 to <paramref name="longest"/> characters, none of them a control character, no blank at either end.</summary>
    public static void Text(string field, string? value, int longest)
    {
        if (value is not { Length: > 0 } || value.Length > longest || value.Any(char.IsControl) || char.IsWhiteSpace(value[0]) || char.IsWhiteSpace(value[^1]))
            throw Refuse(field, $"have 1 to {longest} printable characters and no blank at either end");
    }

    public static void OptionalText(string field, string? value, int longest)
    {
        if (value is not null) Text(field, value, longest);
    }

    /// <summary>A code as policies use it: 1 to 64 lower- or upper-case letters, digits, dots, hyphens, underscores, colons.</summary>
    public static void Code(string field, string? value)
    {
        if (!IsCode(value)) throw Refuse(field, "be a code of 1 to 64 letters, digits, dots, hyphens, underscores or colons");
    }

    public static bool IsCode(string? value) =>
        value is { Length: >= 1 and <= 64 } && value.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '_' or ':');

    public static void Codes(string field, IReadOnlyCollection<string?> values, int most)
    {
        if (values.Count > most || values.Distinct(StringComparer.Ordinal).Count() != values.Count) throw Refuse(field, $"hold at most {most} codes, each once");
        foreach (var value in values) Code(field, value);
    }

    public static void Day(string field, DateOnly? value)
    {
        if (value is { } day && (day < Earliest || day > Latest)) throw Refuse(field, "be a day from 1900-01-01 to 2199-12-31");
    }

    public static void TimeZone(string field, string? value)
    {
        if (value is not null && (value.Length > 64 || !TimeZoneInfo.TryFindSystemTimeZoneById(value, out _)))
            throw Refuse(field, "be an IANA time zone, for example America/Chicago");
    }

    public static void Within(string field, int value, int least, int most)
    {
        if (value < least || value > most) throw Refuse(field, $"be a whole number from {least} to {most}");
    }

    public static T? Word<T>(string field, string? value) where T : struct, Enum
    {
        if (value is null) return null;
        foreach (var name in Enum.GetNames<T>())
            if (name.Equals(value, StringComparison.OrdinalIgnoreCase)) return Enum.Parse<T>(name);
        throw Refuse(field, $"be one of {string.Join(", ", Enum.GetNames<T>().Select(name => char.ToLowerInvariant(name[0]) + name[1..]))}");
    }

    public static DateOnly? Date(string field, string? value)
    {
        if (value is null) return null;
        if (!DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            throw Refuse(field, "be a day as YYYY-MM-DD");
        Day(field, day);
        return day;
    }

    public static DateTimeOffset? Instant(string field, string? value)
    {
        if (value is null) return null;
        // A plus sign in a query is a blank to most decoders, so an offset that was not escaped arrives as one.
        if (!DateTimeOffset.TryParseExact(value.Replace(' ', '+'), ["yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK"], CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant))
            throw Refuse(field, "be an instant as RFC 3339 has it, for example 2026-03-01T08:00:00Z");
        Day(field, DateOnly.FromDateTime(instant.UtcDateTime));
        return instant;
    }

    public static Guid? Id(string field, string? value)
    {
        if (value is null) return null;
        return Guid.TryParseExact(value, "D", out var id) ? id : throw Refuse(field, "be a UUID");
    }

    public static bool? YesNo(string field, string? value) => value switch
    {
        null => null,
        "true" => true,
        "false" => false,
        _ => throw Refuse(field, "be true or false"),
    };
}
