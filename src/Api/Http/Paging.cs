using System.Globalization;
using System.Text.Json;

namespace ComplianceGrid.Api.Http;

/// <summary>A page and the cursor of the next one; no cursor: this is the last.</summary>
internal sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

internal static class Paging
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 200;

    public static void AddPaging(this IServiceCollection services)
    {
        services.AddOptions<PagingOptions>().BindConfiguration(PagingOptions.Section);
        services.AddSingleton<CursorSeal>();
    }

    public static int Limit(string? text)
    {
        if (text is null) return DefaultLimit;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= MaxLimit
            ? limit
            : throw new GridException(GridError.Invalid, $"limit must be a whole number from 1 to {MaxLimit}.");
    }

    public static string? Next<T>(this CursorSeal seal, T? position, string query) where T : class =>
        position is null ? null : seal.Seal(JsonSerializer.SerializeToUtf8Bytes(position), query);

    /// <exception cref="GridException"><see cref="GridError.Invalid"/>: not a cursor that we gave out for this very query.</exception>
    public static T? Open<T>(this CursorSeal seal, string? cursor, string query) where T : class
    {
        if (cursor is null) return null;
        return seal.TryOpen(cursor, query, out var content)
            ? JsonSerializer.Deserialize<T>(content)
            : throw new GridException(GridError.Invalid,
                "cursor is not one that this query was answered with. Send next of the page before, with the same filters and sort, or begin without a cursor.");
    }
}
