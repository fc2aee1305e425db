using ComplianceGrid.Silo.Auditing.Capacity;
using ComplianceGrid.Storage.Audit;
using CsCheck;

namespace ComplianceGrid.Silo.Tests.Auditing;

public sealed class CapacityForecastTests
{
    private const long Gigabyte = 1_000_000_000;
    private static readonly DateTimeOffset Start = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Steady_growth_is_carried_on() => Gen.Select(Gen.Int[2, 30 * 24], Gen.Long[1, 10 * Gigabyte], Gen.Long[0, 500 * Gigabyte]).Sample((hours, perHour, first) =>
    {
        var sizes = Enumerable.Range(0, hours).Select(hour => new StoreSize(Start.AddHours(hour), first + hour * perHour)).ToList();
        var used = sizes[^1].Bytes;
        var forecast = CapacityForecast.Of(sizes, used + 240 * perHour)!;
        Assert.Equal(used, forecast.UsedBytes);
        Assert.Equal(1.0, forecast.BytesPerDay / (24 * perHour), 1e-4);
        Assert.Equal(10.0, forecast.DaysLeft!.Value, 1e-2);
    });

    [Fact]
    public void A_burst_after_quiet_weeks_counts_by_its_own_pace()
    {
        var sizes = Enumerable.Range(0, 30).Select(day => new StoreSize(Start.AddDays(day), 10 * Gigabyte + Math.Max(0, day - 26) * 5 * Gigabyte)).ToList();
        var forecast = CapacityForecast.Of(sizes, 100 * Gigabyte)!;
        Assert.Equal(5e9, forecast.BytesPerDay, 1.0);
        Assert.Equal(15.0, forecast.DaysLeft!.Value, 1e-6);
    }

    [Fact]
    public void What_does_not_grow_is_never_full_and_what_is_full_has_no_day_left()
    {
        Assert.Null(CapacityForecast.Of([], Gigabyte));
        Assert.Equal(new(5, 0, null), CapacityForecast.Of([new(Start, 5)], 10));
        Assert.Equal(new(5, 0, null), CapacityForecast.Of([new(Start, 9), new(Start.AddDays(1), 5)], 10)); // a partition was taken off
        Assert.Equal(new(10, 0, 0), CapacityForecast.Of([new(Start, 10)], 10));
        Assert.Equal(0, CapacityForecast.Of([new(Start, 1), new(Start.AddDays(1), 11)], 10)!.DaysLeft);
    }
}
