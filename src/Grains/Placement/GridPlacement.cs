namespace ComplianceGrid.Placement;

/// <summary>Where grains may live.</summary>
/// <param name="ConfinesAudit">Whether audit grains live on silos of the role <see cref="AuditRole"/> alone; the same for all silos of a grid.</param>
/// <param name="Role">This silo's; null: none in particular.</param>
public sealed record GridPlacement(bool ConfinesAudit = false, string? Role = null)
{
    public const string AuditRole = "audit";

    internal const string RoleKey = "role";

    internal Dictionary<string, string> Metadata => Role is null ? [] : new() { [RoleKey] = Role };
}
