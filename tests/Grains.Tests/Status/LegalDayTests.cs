using System.Globalization;

namespace ComplianceGrid.Status;

public sealed class LegalDayTests
{
    /// <summary>From the zones' published rules, worked out by hand.</summary>
    [Theory]
    [InlineData("Etc/UTC", "2026-03-08", "2026-03-08T00:00:00Z")]
    [InlineData("America/Chicago", "2026-03-08", "2026-03-08T06:00:00Z")] // clocks go forward at 02:00 that day
    [InlineData("America/Chicago", "2026-03-09", "2026-03-09T05:00:00Z")]
    [InlineData("America/Chicago", "2026-11-01", "2026-11-01T05:00:00Z")] // and back at 02:00
    [InlineData("America/Chicago", "2026-11-02", "2026-11-02T06:00:00Z")]
    [InlineData("America/Havana", "2026-03-08", "2026-03-08T05:00:00Z")] // forward at 00:00: the day begins at 01:00
    [InlineData("America/Havana", "2026-03-09", "2026-03-09T04:00:00Z")]
    [InlineData("America/Havana", "2026-11-01", "2026-11-01T04:00:00Z")] // back at 01:00 to 00:00: midnight happens twice, the first counts
    [InlineData("America/Havana", "2026-11-02", "2026-11-02T05:00:00Z")]
    [InlineData("Asia/Beirut", "2026-03-29", "2026-03-28T22:00:00Z")] // forward at 00:00: the day begins at 01:00
    [InlineData("Asia/Beirut", "2026-03-30", "2026-03-29T21:00:00Z")]
    [InlineData("Asia/Beirut", "2026-10-25", "2026-10-24T22:00:00Z")] // back at 00:00 to 23:00: the evening before happens twice
    [InlineData("Asia/Beirut", "2026-10-26", "2026-10-25T22:00:00Z")]
    [InlineData("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z")] // forward at 00:00
    [InlineData("America/Toronto", "1919-03-31", "1919-03-31T04:30:00Z")] // forward at 23:30 the evening before: the day begins at 00:30
    [InlineData("America/Toronto", "1919-03-30", "1919-03-30T05:00:00Z")]
    [InlineData("Asia/Kathmandu", "2026-06-01", "2026-05-31T18:15:00Z")]
    [InlineData("Pacific/Kiritimati", "2026-06-01", "2026-05-31T10:00:00Z")]
    [InlineData("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z")] // a day that Samoa never had: it begins with the next
    [InlineData("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z")]
    public void A_day_begins_with_its_first_instant(string zone, string day, string expected) =>
        Assert.Equal(
            DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture),
            LegalDay.StartOf(DateOnly.Parse(day, CultureInfo.InvariantCulture), TimeZoneInfo.FindSystemTimeZoneById(zone)));

    [Theory]
    [InlineData("America/Havana")]
    [InlineData("Asia/Beirut")]
    [InlineData("America/Chicago")]
    [InlineData("Europe/London")]
    [InlineData("America/Asuncion")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("Africa/Cairo")]
    public void Every_day_of_20_years_is_reached_at_its_start_and_not_a_tick_before(string id)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(id);
        for (var day = new DateOnly(2012, 1, 1); day.Year < 2032; day = day.AddDays(1))
        {
            var start = LegalDay.StartOf(day, zone);
            Assert.Equal(day, LegalDay.Of(start, zone));
            Assert.Equal(day.AddDays(-1), LegalDay.Of(start.AddTicks(-1), zone));
            Assert.Equal(start, LegalDay.EndOf(day.AddDays(-1), zone));
        }
    }

    [Fact]
    public void Days_at_the_ends_of_the_calendar_have_always_begun_or_never_begin()
    {
        Assert.Equal(DateTimeOffset.MinValue, LegalDay.StartOf(DateOnly.MinValue, TimeZoneInfo.Utc));
        Assert.Equal(DateTimeOffset.MaxValue, LegalDay.EndOf(DateOnly.MaxValue, TimeZoneInfo.Utc));
        Assert.Equal(DateTimeOffset.MinValue, LegalDay.StartOf(new(1899, 12, 31), TimeZoneInfo.Utc));
        Assert.Equal(Given.Utc(1900, 1, 1), LegalDay.StartOf(new(1900, 1, 1), TimeZoneInfo.Utc));
        Assert.Equal(Given.Utc(9000, 12, 31), LegalDay.StartOf(new(9000, 12, 31), TimeZoneInfo.Utc));
        Assert.Equal(DateTimeOffset.MaxValue, LegalDay.StartOf(new(9001, 1, 1), TimeZoneInfo.Utc));
        Assert.Equal(DateOnly.MinValue, LegalDay.Shift(DateOnly.MinValue, -30));
        Assert.Equal(DateOnly.MaxValue, LegalDay.ShiftMonths(DateOnly.MaxValue, 1200));
        Assert.Equal(new DateOnly(9999, 12, 31), LegalDay.ShiftMonths(new(9998, 12, 31), 12));
        Assert.Equal(new DateOnly(9999, 11, 15), LegalDay.ShiftMonths(new(9998, 11, 15), 12));
        Assert.Equal(DateOnly.MaxValue, LegalDay.ShiftMonths(new(9998, 11, 15), 14));
        Assert.Equal(new DateOnly(9999, 12, 15), LegalDay.ShiftMonths(new(9998, 11, 15), 13));
        Assert.Equal(new DateOnly(2027, 2, 28), LegalDay.ShiftMonths(new(2026, 8, 31), 6));
    }
}
