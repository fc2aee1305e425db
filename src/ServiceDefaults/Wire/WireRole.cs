namespace ComplianceGrid.ServiceDefaults.Wire;

/// <summary>What a process of the grid is. Its certificate says so by a DNS name of the private authority's: <c>silo.grid.internal</c>.</summary>
public enum WireRole
{
    Silo,
    Api,
    Gateway,
}

internal static class WireRoles
{
    /// <summary>As it stands among the certificate's subject alternative names (RFC 5280 §4.2.1.6).</summary>
    public static string Name(this WireRole role) => role switch
    {
        WireRole.Silo => "silo.grid.internal",
        WireRole.Api => "api.grid.internal",
        WireRole.Gateway => "gateway.grid.internal",
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, null),
    };
}
