using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Orders;

internal static class OrderRules
{
    /// <exception cref="GridException"><see cref="GridError.Invalid"/> or <see cref="GridError.OtherTenant"/>.</exception>
    public static void Check(OrderKey key, PlaceOrder order)
    {
        if (order.Employee.Tenant != key.Tenant) throw new GridException(GridError.OtherTenant, "An order is for an employee of its own tenant.");
        foreach (var text in new[] { order.Vendor, order.Product, order.Item })
            if (string.IsNullOrWhiteSpace(text) || text.Length > 200) throw new GridException(GridError.Invalid, "vendor, product and item must have 1 to 200 characters.");
        if (order.ServiceDays is < 1 or > 365) throw new GridException(GridError.Invalid, "serviceDays must be from 1 to 365.");
    }
}
