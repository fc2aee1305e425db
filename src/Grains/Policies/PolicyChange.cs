using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using ComplianceGrid.Audit;
using ComplianceGrid.Storage;

namespace ComplianceGrid.Policies;

/// <summary>
/// What a new version changed, as details of audit entries: from the first on, every version can be read from the log. A policy holds
/// nothing personal, so it is not sealed: no person's erasure may take a rule's history along.
/// </summary>
internal static class PolicyChange
{
    /// <summary>Bytes of details in one entry, which the log takes whole; what is more goes on in another.</summary>
    private const int MostBytes = 16 << 10;

    /// <returns>
    /// At least one: <c>{"version":…,"before":{…},"after":{…}}</c>, with the members that differ, sites and requirements each by its code; of
    /// several <c>"part"</c> and <c>"parts"</c> too. A member too large for an entry is its <c>{"sha256":…,"bytes":…}</c>.
    /// </returns>
    public static IReadOnlyList<JsonObject> Of(Policy? before, PolicyVersion now)
    {
        var change = BeforeAndAfter.Of(before is null ? [] : Members(before), Members(now.Policy));
        List<JsonObject> parts = [Part(now.Version)];
        var size = 0;
        foreach (var (side, name, member) in Differing(change))
        {
            var bytes = Bytes(member) + name.Length;
            if (size > 0 && size + bytes > MostBytes)
            {
                parts.Add(Part(now.Version));
                size = 0;
            }

            parts[^1][side]!.AsObject()[name] = member;
            size += bytes;
        }

        for (var n = 0; n < parts.Count && parts.Count > 1; n++) (parts[n]["part"], parts[n]["parts"]) = (n + 1, parts.Count);
        return parts;
    }

    private static JsonObject Part(int version) => new() { ["version"] = version, ["before"] = new JsonObject(), ["after"] = new JsonObject() };

    private static IEnumerable<(string Side, string Name, JsonNode? Member)> Differing(JsonObject? change) =>
        from side in change ?? []
        from member in side.Value!.AsObject()
        select (side.Key, member.Key, Bounded(member.Value?.DeepClone()));

    private static JsonNode? Bounded(JsonNode? member)
    {
        if (Bytes(member) <= MostBytes) return member;
        var text = JsonSerializer.SerializeToUtf8Bytes(member, GridJson.Options);
        return new JsonObject { ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(text)), ["bytes"] = text.Length };
    }

    private static int Bytes(JsonNode? member) => JsonSerializer.SerializeToUtf8Bytes(member, GridJson.Options).Length;

    private static JsonObject Members(Policy policy)
    {
        var members = JsonSerializer.SerializeToNode(policy with { Sites = [], Requirements = [] }, GridJson.Options)!.AsObject();
        foreach (var emptied in new[] { nameof(Policy.Sites), nameof(Policy.Requirements) }) members.Remove(JsonNamingPolicy.CamelCase.ConvertName(emptied));
        foreach (var site in policy.Sites) members["sites/" + site.Code] = JsonSerializer.SerializeToNode(site, GridJson.Options);
        foreach (var requirement in policy.Requirements) members["requirements/" + requirement.Code] = JsonSerializer.SerializeToNode(requirement, GridJson.Options);
        return members;
    }
}
