using ComplianceGrid.Status;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Orders;

public sealed class OrderRulesTests
{
    private static readonly OrderKey Key = OrderKey.Parse("acme/0190a7c0-0000-7000-8000-000000000001");

    private static readonly PlaceOrder Good = new()
    {
        Employee = new(Key.Tenant, Guid.Parse("0190a7c0-0000-7000-8000-000000000002")),
        Vendor = "checkr",
        Product = "driver_pro",
        Item = Given.DrugTest,
        ServiceDays = 7,
    };

    public static TheoryData<PlaceOrder> Accepted =>
    [
        Good,
        Good with { ServiceDays = 1 },
        Good with { ServiceDays = 365 },
        Good with { Vendor = "v", Product = new string('p', 200), Item = new string('i', 200) },
    ];

    [Theory]
    [MemberData(nameof(Accepted), DisableDiscoveryEnumeration = true)]
    public void What_is_in_order_is_accepted(PlaceOrder order) => OrderRules.Check(Key, order);

    public static TheoryData<string, PlaceOrder> Refused => new()
    {
        { "serviceDays", Good with { ServiceDays = 0 } },
        { "serviceDays", Good with { ServiceDays = 366 } },
        { "vendor", Good with { Vendor = " " } },
        { "product", Good with { Product = "" } },
        { "item", Good with { Item = null! } },
        { "vendor", Good with { Vendor = new string('v', 201) } },
        { "product", Good with { Product = new string('p', 201) } },
        { "item", Good with { Item = new string('i', 201) } },
    };

    [Theory]
    [MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public void Each_refusal_names_what_is_wrong(string word, PlaceOrder order)
    {
        var refusal = Assert.Throws<GridException>(() => OrderRules.Check(Key, order));
        Assert.Equal(GridError.Invalid, refusal.Error);
        Assert.Contains(word, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_order_for_another_tenants_employee_is_refused_before_all_else()
    {
        var order = Good with { Employee = new(new("acme-2"), Good.Employee.Employee), ServiceDays = 0 };
        Assert.Equal(GridError.OtherTenant, Assert.Throws<GridException>(() => OrderRules.Check(Key, order)).Error);
    }
}
