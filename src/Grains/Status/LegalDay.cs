namespace ComplianceGrid.Status;

/// <summary>
/// Days as a rule means them: they begin at local midnight of the zone that the rule names. Where clocks change at midnight
/// a day begins with its first instant: the end of the gap when midnight is skipped (Asia/Beirut in spring), the earlier
/// of the two when it happens twice (America/Havana in autumn).
/// </summary>
internal static class LegalDay
{
    /// <summary>Before these nothing is judged: a day further back has always begun, one further ahead never begins.</summary>
    private const int FirstYear = 1900, LastYear = 9000;

    public static DateTimeOffset StartOf(DateOnly day, TimeZoneInfo zone)
    {
        if (day.Year < FirstYear) return DateTimeOffset.MinValue;
        if (day.Year > LastYear) return DateTimeOffset.MaxValue;

        // Offsets reach 14 h, so a change of offset that touches this midnight lies within a day of it.
        var midnight = day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
        var earlier = midnight - zone.GetUtcOffset(midnight.AddDays(-1));
        var later = midnight - zone.GetUtcOffset(midnight.AddDays(1));
        if (later < earlier)
        {
            if (Reads(later)) return later;
            if (!Reads(earlier)) return EndOfGap(later, earlier);
            return earlier;
        }

        return Reads(earlier) ? earlier : later;

        bool Reads(DateTime instant) => instant + zone.GetUtcOffset(instant) == midnight;

        DateTimeOffset EndOfGap(DateTime before, DateTime after)
        {
            while (after - before > TimeSpan.FromTicks(1))
            {
                var middle = before + ((after - before) / 2);
                if (middle + zone.GetUtcOffset(middle) < midnight) before = middle;
                else after = middle;
            }

            return after;
        }
    }

    /// <summary>The first instant after a day, which is its last moment's end.</summary>
    public static DateTimeOffset EndOf(DateOnly day, TimeZoneInfo zone) => StartOf(Shift(day, 1), zone);

    public static DateOnly Of(DateTimeOffset instant, TimeZoneInfo zone) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, zone).DateTime);

    /// <summary>Days later (or earlier), staying within the calendar.</summary>
    public static DateOnly Shift(DateOnly day, int days) =>
        DateOnly.FromDayNumber(Math.Clamp(day.DayNumber + days, DateOnly.MinValue.DayNumber, DateOnly.MaxValue.DayNumber));

    /// <summary>Months later, staying within the calendar; the 31st becomes a shorter month's last day.</summary>
    public static DateOnly ShiftMonths(DateOnly day, int months) =>
        ((day.Year * 12) + day.Month - 1 + months) / 12 > DateOnly.MaxValue.Year ? DateOnly.MaxValue : day.AddMonths(months);
}
