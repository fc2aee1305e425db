using System.Text.Json;
using System.Text.Json.Nodes;
using ComplianceGrid.Audit;
using ComplianceGrid.Storage;

namespace ComplianceGrid.Orders;

/// <summary>What an act or an event changed about an order. It tells of a person: personal detail, which the audit log takes sealed.</summary>
internal static class OrderChange
{
    /// <returns>As of <see cref="BeforeAndAfter"/>; null: nothing.</returns>
    public static string? Of(OrderState before, OrderState after) =>
        BeforeAndAfter.Of(Members(before), Members(after))?.ToJsonString(GridJson.Options);

    private static JsonObject Members(OrderState state)
    {
        if (state.Order is not { } order) return [];
        var members = JsonSerializer.SerializeToNode(order, GridJson.Options)!.AsObject();
        members["placedAt"] = JsonSerializer.SerializeToNode(state.PlacedAt, GridJson.Options);
        foreach (var milestone in state.Milestones) members["milestones/" + milestone.Name] = JsonSerializer.SerializeToNode(milestone.At, GridJson.Options);
        // Only what governs: what a DOT test's laboratory said is nobody's to read before the verification (49 CFR 40.97).
        if (OrderOutcomes.Governing(state.Facts, order.Dot) is { } result) members["result"] = JsonSerializer.SerializeToNode(result, GridJson.Options);
        return members;
    }
}
