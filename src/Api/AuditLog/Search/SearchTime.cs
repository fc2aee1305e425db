using System.Globalization;
using System.Text.RegularExpressions;
using ComplianceGrid.Api.Http;

namespace ComplianceGrid.Api.AuditLog.Search;

/// <summary>An end of a search's window: an instant, a whole day (UTC), or so many minutes, hours or days ago (<c>30m</c>, <c>24h</c>, <c>7d</c>).</summary>
internal static partial class SearchTime
{
    public static DateTimeOffset Since(string field, string value, DateTimeOffset now) => Parse(field, value, now, daysAfter: 0);

    /// <summary>The first instant after it: all of a day that is named is within.</summary>
    public static DateTimeOffset Until(string field, string value, DateTimeOffset now) => Parse(field, value, now, daysAfter: 1);

    private static DateTimeOffset Parse(string field, string value, DateTimeOffset now, int daysAfter)
    {
        if (Ago().Match(value) is { Success: true } ago)
        {
            var number = int.Parse(ago.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            return now - ago.Groups[2].Value switch { "m" => TimeSpan.FromMinutes(number), "h" => TimeSpan.FromHours(number), _ => TimeSpan.FromDays(number) };
        }

        if (DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            Fields.Day(field, day);
            return new(day.AddDays(daysAfter), TimeOnly.MinValue, TimeSpan.Zero);
        }

        if (!value.Contains('T', StringComparison.Ordinal))
            throw Fields.Refuse(field, "be an instant (2026-11-01T08:00:00Z), a day (2026-11-01), or a time ago (30m, 24h, 7d)");
        return Fields.Instant(field, value)!.Value;
    }

    [GeneratedRegex("^([0-9]{1,5})([mhd])$")]
    private static partial Regex Ago();
}
