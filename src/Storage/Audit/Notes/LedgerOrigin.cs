using System.Globalization;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Storage.Audit.Notes;

/// <summary>
/// The first line of a log's checkpoints, and so the log's name everywhere: <c>{ledger}/{tenant}</c>, with <c>/{epoch}</c> behind it
/// from the tenant's second log on.
/// </summary>
public static class LedgerOrigin
{
    /// <param name="ledger">The whole ledger's name (<c>Ledger:Origin</c>), which is the signing key's name too.</param>
    /// <param name="epoch">0: the tenant's first log.</param>
    public static string Of(string ledger, string tenant, int epoch) =>
        epoch == 0 ? $"{ledger}/{tenant}" : string.Create(CultureInfo.InvariantCulture, $"{ledger}/{tenant}/{epoch}");

    /// <summary>Null: the origin is no log's of this ledger.</summary>
    public static (string Tenant, int Epoch)? TryParse(string ledger, string origin)
    {
        if (!origin.StartsWith(ledger + "/", StringComparison.Ordinal)) return null;
        var parts = origin[(ledger.Length + 1)..].Split('/');
        if (parts.Length > 2 || !TenantId.IsValid(parts[0])) return null;
        var epoch = 0;
        if (parts.Length == 2 && !(int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out epoch) && epoch > 0)) return null;
        return origin == Of(ledger, parts[0], epoch) ? (parts[0], epoch) : null;
    }
}
