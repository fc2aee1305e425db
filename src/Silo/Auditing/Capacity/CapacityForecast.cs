using ComplianceGrid.Storage.Audit;

namespace ComplianceGrid.Silo.Auditing.Capacity;

/// <summary>When the audit store's disk will be full (NIST SP 800-53 AU-4).</summary>
/// <param name="UsedBytes">Of the newest sample.</param>
/// <param name="BytesPerDay">0 when the store does not grow.</param>
/// <param name="DaysLeft">Null: never, as far as can be seen.</param>
internal sealed record CapacityForecast(long UsedBytes, double BytesPerDay, double? DaysLeft)
{
    /// <summary>A growth that began lately must not be hidden by the quiet weeks before it.</summary>
    private static readonly TimeSpan Lately = TimeSpan.FromDays(3);

    /// <param name="sizes">Oldest first.</param>
    /// <returns>Null without a sample.</returns>
    public static CapacityForecast? Of(IReadOnlyList<StoreSize> sizes, long capacityBytes)
    {
        if (sizes.Count == 0) return null;
        var newest = sizes[^1];
        var growth = Math.Max(0, Math.Max(BytesPerDayOf(sizes), BytesPerDayOf([.. sizes.Where(size => newest.At - size.At <= Lately)])));
        var free = Math.Max(0, capacityBytes - newest.Bytes);
        return new(newest.Bytes, growth, free == 0 ? 0 : growth > 0 ? free / growth : null);
    }

    /// <summary>The slope of the least-squares line.</summary>
    private static double BytesPerDayOf(IReadOnlyList<StoreSize> sizes)
    {
        var days = sizes.Select(size => (size.At - sizes[0].At).TotalDays).ToArray();
        if (days[^1] == 0) return 0;
        var (meanDay, meanBytes) = (days.Average(), sizes.Average(size => (double)size.Bytes));
        var (up, down) = (0.0, 0.0);
        for (var i = 0; i < days.Length; i++)
        {
            up += (days[i] - meanDay) * (sizes[i].Bytes - meanBytes);
            down += (days[i] - meanDay) * (days[i] - meanDay);
        }

        return up / down;
    }
}
