using System.Collections.Immutable;

namespace ComplianceGrid.Storage.Audit.Checkpoints;

/// <summary>Whose checkpoints a target gets.</summary>
/// <param name="Everyone">All tenants', but those of <paramref name="Without"/>.</param>
/// <param name="With">These tenants' in any case.</param>
public sealed record TenantScope(bool Everyone, ImmutableArray<string> Without, ImmutableArray<string> With)
{
    public static readonly TenantScope All = new(true, [], []);
}
