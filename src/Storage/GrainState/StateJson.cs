using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ComplianceGrid.Storage.GrainState;

/// <summary>How state is serialised before it is sealed: <see cref="GridJson"/>, without what rides along in <see cref="ICommittedState.Commit"/>.</summary>
internal static class StateJson
{
    public static readonly JsonSerializerOptions Options = new(GridJson.Options)
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { DropCommit } },
    };

    private static void DropCommit(JsonTypeInfo type)
    {
        if (!type.Type.IsAssignableTo(typeof(ICommittedState))) return;
        for (var i = type.Properties.Count - 1; i >= 0; i--)
        {
            if (type.Properties[i].PropertyType == typeof(StateCommit)) type.Properties.RemoveAt(i);
        }
    }
}
