using System.Globalization;
using ComplianceGrid.Gateway.Vendors.Checkr;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Gateway.Connections;

/// <summary>Options of <c>connections add</c>.</summary>
internal sealed record ConnectionArguments(
    TenantId Tenant, string Vendor, string AccountId, string ApiKeyFile, string BaseUrl, string? Id, TimeSpan? RetireOthersAfter)
{
    /// <summary>False: not of this form at all. True with a problem: of this form, but a value is wrong.</summary>
    public static bool TryParse(string[] args, out ConnectionArguments parsed, out string? problem)
    {
        (parsed, problem) = (null!, null);
        if (args.Length % 2 != 0) return false;
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < args.Length; i += 2)
        {
            if (!given.TryAdd(args[i], args[i + 1])) return false;
        }

        string Take(string name, string fallback) => given.Remove(name, out var value) ? value : fallback;
        var tenantIsGood = TenantId.TryParse(Take("--tenant", ""), null, out var tenant);
        var hours = Take("--retire-others-after-hours", "");
        parsed = new(tenant, Take("--vendor", ""), Take("--account-id", ""), Take("--api-key-file", ""),
            Take("--base-url", CheckrApi.DefaultBaseUrl).TrimEnd('/'), given.Remove("--id", out var id) ? id : null,
            double.TryParse(hours, CultureInfo.InvariantCulture, out var n) && n >= 0 ? TimeSpan.FromHours(n) : null);
        if (given.Count > 0) return false;
        problem = !tenantIsGood ? "--tenant is not a tenant's slug."
            : parsed.Vendor != CheckrApi.Vendor ? "--vendor must be checkr."
            : parsed.AccountId is not { Length: > 0 and <= 100 } ? "--account-id is missing."
            : !File.Exists(parsed.ApiKeyFile) ? "--api-key-file names no file."
            : !Uri.TryCreate(parsed.BaseUrl, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http") ? "--base-url is not an http(s) address."
            : parsed.Id is { } chosen && (chosen.Length is < 16 or > 100 || chosen.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')))
                ? "--id must have 16 to 100 letters, digits, hyphens or underscores: it is part of an address that must not be guessed."
            : hours.Length > 0 && parsed.RetireOthersAfter is null ? "--retire-others-after-hours is not a number."
            : null;
        return true;
    }
}
