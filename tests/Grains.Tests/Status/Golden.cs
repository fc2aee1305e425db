using System.Text.Json;
using ComplianceGrid.Storage;

namespace ComplianceGrid.Status;

/// <summary>States as they lie in yesterday's rows.</summary>
internal static class Golden
{
    /// <summary>This build writes the state so, and reads it so.</summary>
    public static void IsOf<TState>(string golden, TState state)
    {
        Assert.Equal(golden, JsonSerializer.Serialize(state, GridJson.Options));
        Assert.Equal(golden, JsonSerializer.Serialize(Read<TState>(golden), GridJson.Options));
    }

    public static TState Read<TState>(string json) => JsonSerializer.Deserialize<TState>(json, GridJson.Options)!;
}
