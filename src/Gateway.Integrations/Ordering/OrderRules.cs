using ComplianceGrid.Integrations;

namespace ComplianceGrid.Gateway.Ordering;

internal static class OrderRules
{
    /// <summary>What is not acceptable in a request, without quoting it; null: nothing.</summary>
    public static string? ProblemOf(VendorOrderRequest request) =>
        !Has(request.Product, 100) ? "product has 1 to 100 characters."
        : !Has(request.GivenName, 100) ? "givenName has 1 to 100 characters."
        : !Has(request.FamilyName, 100) ? "familyName has 1 to 100 characters."
        : !Has(request.Email, 254) || request.Email.IndexOf('@') is < 1 ? "email is not an address."
        : request.Phone is { } phone && !Has(phone, 30) ? "phone has 1 to 30 characters."
        : null;

    private static bool Has(string text, int most) => !string.IsNullOrWhiteSpace(text) && text.Length <= most && !text.Any(char.IsControl);
}
