using System.Text.Json;
using System.Text.Json.Nodes;
using ComplianceGrid.Storage;

namespace ComplianceGrid.Employees;

/// <summary>What an act changed about a person: personal detail, which the audit log takes sealed.</summary>
internal static class EmployeeChange
{
    /// <returns><c>{"before":{…},"after":{…}}</c>: the members that differ, absent where there was or is nothing.</returns>
    public static string Of(EmployeeState before, EmployeeState after)
    {
        var (old, now) = (Members(before), Members(after));
        var same = old.Where(member => now.TryGetPropertyValue(member.Key, out var value) && JsonNode.DeepEquals(member.Value, value))
            .Select(member => member.Key).ToArray();
        foreach (var name in same)
        {
            old.Remove(name);
            now.Remove(name);
        }

        return new JsonObject { ["before"] = old, ["after"] = now }.ToJsonString(GridJson.Options);
    }

    private static JsonObject Members(EmployeeState state)
    {
        var members = state.Profile is null ? new JsonObject() : JsonSerializer.SerializeToNode(state.Profile, GridJson.Options)!.AsObject();
        if (!state.Waivers.IsEmpty) members["waivers"] = JsonSerializer.SerializeToNode(state.Waivers, GridJson.Options);
        return members;
    }
}
