using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Integrations;

/// <summary>
/// Body of <c>POST /integrations/{vendor}/orders</c> at the integrations gateway, camel-case JSON. Repeating it changes
/// nothing: the gateway derives the vendor's idempotency key from the order's id.
/// </summary>
public sealed record VendorOrderRequest
{
    public required OrderKey OrderKey { get; init; }
    /// <summary>The vendor's package or panel, for example <c>driver_pro</c>.</summary>
    public required string Product { get; init; }
    public required string GivenName { get; init; }
    public required string FamilyName { get; init; }
    /// <summary>Where the vendor invites the person.</summary>
    public required string Email { get; init; }
    public string? Phone { get; init; }
    public DateOnly? DateOfBirth { get; init; }
}

/// <summary>Answer: 201 when the order was placed now, 200 when it had been placed before.</summary>
public sealed record VendorOrderAccepted
{
    public required OrderKey OrderKey { get; init; }
    public required string Vendor { get; init; }
    /// <summary>The vendor's id of the invitation, order or appointment.</summary>
    public required string ExternalId { get; init; }
}
