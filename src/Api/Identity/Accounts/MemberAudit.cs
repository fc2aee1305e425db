using ComplianceGrid.Api.Audit;
using ComplianceGrid.Audit;
using ComplianceGrid.Storage.Identity;

namespace ComplianceGrid.Api.Identity.Accounts;

/// <summary>A member of a tenant, as audit entries name one: account, tenant, roles.</summary>
internal static class MemberAudit
{
    public static void Member(this AuditScope audit, Membership member) => audit.Actor(member.Tenant.Value, member.AccountId.ToString("D"), string.Join(',', member.Roles));

    public static void Did(this AuditScope audit, AuditAction action, Membership member)
    {
        audit.Did(action);
        audit.Member(member);
    }
}
