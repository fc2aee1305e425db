using System.Collections.Frozen;

namespace ComplianceGrid.Integrations;

/// <summary>Which process may call which, and for what. What is not listed is refused, and on record.</summary>
public static class ServiceCalls
{
    private static readonly FrozenSet<(string Caller, string Called, string Permission)> Allowed = new[]
    {
        (ServiceTokens.Issuer, ServiceTokens.IntegrationsAudience, ServiceTokens.PlaceOrders),
        (ServiceTokens.Issuer, ServiceTokens.IntegrationsAudience, ServiceTokens.ReadStatus),
    }.ToFrozenSet();

    /// <param name="caller">Who signed the token.</param>
    /// <param name="called">Its audience.</param>
    public static bool Allows(string? caller, string called, string permission) => caller is not null && Allowed.Contains((caller, called, permission));
}
