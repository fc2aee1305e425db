using ComplianceGrid.Api.Http;
using ComplianceGrid.Api.Security;
using ComplianceGrid.Orders;
using ComplianceGrid.Status;
using ComplianceGrid.Storage.Projections.Reads;

namespace ComplianceGrid.Api.Orders;

/// <summary>Orders as this caller may see them: that one was placed is no secret, what it is for and what came of it can be.</summary>
internal static class OrderMapping
{
    public static OrderAnswer For(this OrderRecord record, Caller caller)
    {
        var (order, employee) = (record.Order, record.Order.Employee.Employee);
        var open = IsOpen(caller, employee, order.Item);
        return new()
        {
            Id = record.Key.Order,
            EmployeeId = employee,
            Vendor = order.Vendor,
            Product = open ? order.Product : null,
            Item = open ? order.Item : null,
            PlacedAt = record.PlacedAt,
            Outcome = open ? record.Outcome : null,
            LastMilestone = open && record.Milestones is [.., var last] ? last.Name : null,
            Status = record.Assessment.Status,
            Reasons = ReasonAnswer.Of(record.Assessment.Reasons, caller, employee),
            Revision = record.Revision,
            ServiceDays = open ? order.ServiceDays : null,
            Milestones = open ? [.. record.Milestones.Select(milestone => new MilestoneAnswer(milestone.Name, milestone.At))] : null,
        };
    }

    public static OrderItem For(this OrderListing row, Caller caller)
    {
        var open = IsOpen(caller, row.EmployeeId, row.Item);
        return new()
        {
            Id = row.Id,
            EmployeeId = row.EmployeeId,
            Vendor = row.Vendor,
            Product = open ? row.Product : null,
            Item = open ? row.Item : null,
            PlacedAt = row.PlacedAt,
            Outcome = open ? row.Outcome : null,
            LastMilestone = open ? row.LastMilestone : null,
            Status = row.Status,
            Reasons = row.Reasons is { } reasons ? ReasonAnswer.Of(reasons, caller, row.EmployeeId) : null,
            Revision = row.Revision,
        };
    }

    public static Audience AudienceOf(string item) => item switch
    {
        _ when item.StartsWith("drug-test", StringComparison.Ordinal) || item.StartsWith("alcohol-test", StringComparison.Ordinal) => Audience.DrugAndAlcohol,
        _ when item.StartsWith("clearinghouse", StringComparison.Ordinal) => Audience.DrugAndAlcohol,
        _ when item.StartsWith("medical", StringComparison.Ordinal) => Audience.Medical,
        _ when item.StartsWith("background", StringComparison.Ordinal) => Audience.Background,
        _ => Audience.Everyone,
    };

    private static bool IsOpen(Caller caller, Guid employee, string item) => caller.EmployeeId == employee || caller.Includes(AudienceOf(item));
}
