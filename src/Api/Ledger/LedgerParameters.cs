using System.Globalization;
using ComplianceGrid.Api.Http;

namespace ComplianceGrid.Api.Ledger;

/// <summary>Sizes and epochs of logs in a query string.</summary>
internal static class LedgerParameters
{
    /// <exception cref="GridException"><see cref="GridError.Invalid"/>.</exception>
    public static long? Size(string field, string? value) => value is null ? null
        : long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : throw Fields.Refuse(field, "be a number of entries, 0 or more");

    /// <exception cref="GridException"><see cref="GridError.Invalid"/>.</exception>
    public static int? Epoch(string? value) => value is null ? null
        : int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var epoch) ? epoch : throw Fields.Refuse("epoch", "be a whole number, 0 or more");
}
