namespace ComplianceGrid.Tenancy;

/// <summary>
/// A grain whose key begins with its tenant. The silo's incoming filter refuses a call whose request context
/// (<see cref="CallContext.Tenant"/>) names another tenant, or none.
/// </summary>
public interface ITenantGrain : IGrainWithStringKey;

/// <summary>Names under which a call's origin travels in Orleans' request context.</summary>
public static class CallContext
{
    public const string Tenant = "grid.tenant";
    public const string Actor = "grid.actor";
    public const string ActorRole = "grid.actor-role";
    public const string IpAddress = "grid.ip";
    public const string UserAgent = "grid.user-agent";
    public const string RequestId = "grid.request-id";
}
