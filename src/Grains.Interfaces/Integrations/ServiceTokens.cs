namespace ComplianceGrid.Integrations;

/// <summary>
/// The token a process shows when it calls another: a JWT signed with ES256, checked for signature, issuer, audience,
/// life and tenant. Claims: <c>iss</c>, <c>aud</c>, <c>iat</c>, <c>exp</c>, <c>jti</c>, <see cref="TenantClaim"/>,
/// <see cref="RequestIdClaim"/>, <see cref="PermissionClaim"/>.
/// </summary>
public static class ServiceTokens
{
    public const string Issuer = "compliance-grid-silo";
    /// <summary>The integrations gateway.</summary>
    public const string IntegrationsAudience = "integrations";
    public const string TenantClaim = "tenant";
    /// <summary>The request on whose behalf the call is made.</summary>
    public const string RequestIdClaim = "rid";
    /// <summary>One claim per permission, or a JSON array.</summary>
    public const string PermissionClaim = "permission";
    public const string PlaceOrders = "vendor-orders:place";
    public const string ReadStatus = "integrations:read";
    /// <summary>The receiver refuses a token whose <c>exp - iat</c> is longer.</summary>
    public static readonly TimeSpan LongestLife = TimeSpan.FromMinutes(5);
}
