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
        BeforeAndAfter.Of(Members(before, after), Members(after, before))?.ToJsonString(GridJson.Options);

    /// <summary>What is the very same object in the other state is left out unread: most of a person is the same from one event to the next.</summary>
    private static JsonObject Members(EmployeeState state, EmployeeState other)
    {
        var members = state.Profile is null || ReferenceEquals(state.Profile, other.Profile)
            ? new JsonObject()
            : JsonSerializer.SerializeToNode(state.Profile, GridJson.Options)!.AsObject();
        if (!state.Waivers.IsEmpty && state.Waivers != other.Waivers) members["waivers"] = JsonSerializer.SerializeToNode(state.Waivers, GridJson.Options);
        foreach (var fact in state.Facts)
        {
            if (!other.Facts.Any(theirs => ReferenceEquals(theirs, fact))) members["facts/" + fact.SourceKey] = JsonSerializer.SerializeToNode(fact, GridJson.Options);
        }

        return members;
    }
}
