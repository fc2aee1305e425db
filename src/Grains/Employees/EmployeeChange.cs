using System.Text.Json;
using System.Text.Json.Nodes;
using ComplianceGrid.Audit;
using ComplianceGrid.Storage;

namespace ComplianceGrid.Employees;

/// <summary>What an act or an event changed about a person: personal detail, which the audit log takes sealed.</summary>
internal static class EmployeeChange
{
    /// <returns>As of <see cref="BeforeAndAfter"/>; each fact is a member of its own, <c>facts/{source key}</c>. Null: nothing.</returns>
    public static string? Of(EmployeeState before, EmployeeState after) =>
        BeforeAndAfter.Of(Members(before), Members(after))?.ToJsonString(GridJson.Options);

    private static JsonObject Members(EmployeeState state)
    {
        var members = state.Profile is null ? new JsonObject() : JsonSerializer.SerializeToNode(state.Profile, GridJson.Options)!.AsObject();
        if (!state.Waivers.IsEmpty) members["waivers"] = JsonSerializer.SerializeToNode(state.Waivers, GridJson.Options);
        foreach (var fact in state.Facts) members["facts/" + fact.SourceKey] = JsonSerializer.SerializeToNode(fact, GridJson.Options);
        return members;
    }
}
