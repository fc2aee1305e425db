using System.Text.Json.Nodes;

namespace ComplianceGrid.Audit;

/// <summary>What a change changed.</summary>
internal static class BeforeAndAfter
{
    /// <summary>Of two forms of one record. Takes both apart.</summary>
    /// <returns><c>{"before":{…},"after":{…}}</c>: the members that differ, absent where there was or is nothing; null: none differs.</returns>
    public static JsonObject? Of(JsonObject before, JsonObject after)
    {
        var same = before.Where(member => after.TryGetPropertyValue(member.Key, out var value) && JsonNode.DeepEquals(member.Value, value))
            .Select(member => member.Key).ToArray();
        foreach (var name in same)
        {
            before.Remove(name);
            after.Remove(name);
        }

        return before.Count + after.Count == 0 ? null : new() { ["before"] = before, ["after"] = after };
    }
}
