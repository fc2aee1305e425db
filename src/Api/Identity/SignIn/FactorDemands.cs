using ComplianceGrid.Api.Security;
using ComplianceGrid.Storage.Identity;
using ComplianceGrid.Storage.Projections.Reads;

namespace ComplianceGrid.Api.Identity.SignIn;

/// <summary>What a second factor must be.</summary>
internal sealed class FactorDemands(PolicyReads policies)
{
    /// <summary>
    /// Whether one of these memberships is entered by a passkey or hardware key alone: whoever administers, guards, audits or sees medical
    /// detail (IA-2(1), IA-2(8): resistant to phishing and replay), and everybody where the tenant's policy says so.
    /// </summary>
    public async Task<bool> DemandPasskeyAsync(IEnumerable<Membership> memberships, CancellationToken ct)
    {
        foreach (var membership in memberships)
            if (RoleTable.ArePrivileged(membership.Roles) || (await policies.GetAsync(membership.Tenant, ct))?.Policy.PasskeysOnly == true)
                return true;
        return false;
    }
}
