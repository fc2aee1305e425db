using ComplianceGrid.Employees;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Orders;

/// <summary>
/// Body of an outbox message <c>vendor-request</c>, camel-case JSON: keys only. The dispatcher reads the person's name and
/// address from <see cref="IEmployeeGrain.Get"/> when it sends. The order's id is the idempotency key.
/// </summary>
public sealed record VendorRequest
{
    public required OrderKey Order { get; init; }
    public required EmployeeKey Employee { get; init; }
    public required string Vendor { get; init; }
    public required string Product { get; init; }
    public required string Item { get; init; }
    public bool Dot { get; init; }
}
