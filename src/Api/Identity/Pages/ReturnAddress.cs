namespace ComplianceGrid.Api.Identity.Pages;

/// <summary>Where a page leads back to: within this host only, or whoever writes a link to our sign-in decides where people land (CWE-601). Pure.</summary>
internal static class ReturnAddress
{
    private const int Longest = 2048;

    /// <returns>Null: there is none, or it leads elsewhere.</returns>
    public static string? Local(string? address) =>
        address is ['/', ..] and not ['/', '/', ..] && address.Length <= Longest && !address.Any(character => character == '\\' || char.IsControl(character)) ? address : null;

    public static string With(string page, string? address) => address is null ? page : $"{page}?return={Uri.EscapeDataString(address)}";
}
