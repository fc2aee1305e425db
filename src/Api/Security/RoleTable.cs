using System.Collections.Frozen;
using System.Collections.Immutable;
using static ComplianceGrid.Api.Security.Permission;

namespace ComplianceGrid.Api.Security;

/// <summary>Which permissions each role has. The one place: whoever has several roles has the sum of them.</summary>
internal static class RoleTable
{
    /// <summary>Programs, not people.</summary>
    public const string Service = "Service";

    /// <summary>Who administers, guards, audits or sees medical detail: signs in by a passkey alone, for an hour at most.</summary>
    private static readonly FrozenSet<string> Privileged =
        new[] { "SystemAdmin", "TenantAdmin", "SecurityOfficer", "Auditor", "MedicalReviewOfficer", "SubstanceAbuseProfessional" }.ToFrozenSet();

    public static readonly FrozenDictionary<string, FrozenSet<string>> Permissions = new Dictionary<string, string[]>
    {
        ["SystemAdmin"] = [ReportsRead, PoliciesRead, AuditMonitor],
        ["TenantAdmin"] = [EmployeesRead, EmployeesPersonal, EmployeesWrite, EmployeesEnd, ClearancesRead, ReportsRead,
            PoliciesRead, PoliciesWrite, OrdersRead, EventsReplay, SessionsRead, SessionsEnd, FactorsReset, ApiKeysRead, ApiKeysWrite, ApiKeysRevoke],
        ["ComplianceManager"] = [EmployeesRead, EmployeesPersonal, EmployeesWrite, EmployeesEnd, WaiversApprove, ClearancesRead, ReportsRead,
            PoliciesRead, PoliciesWrite, OrdersRead, OrdersWrite, ReasonsBackground, ApiKeysRead, ApiKeysWrite, ApiKeysRevoke],
        // The employer's person for test results (49 CFR 40.3, 40.15).
        ["DesignatedEmployerRepresentative"] = [EmployeesRead, EmployeesPersonal, ClearancesRead, ReportsRead, PoliciesRead,
            OrdersRead, OrdersWrite, PhiRead, ReasonsDrugAndAlcohol, ReasonsBackground],
        ["MedicalReviewOfficer"] = [EmployeesRead, EmployeesPersonal, ClearancesRead, OrdersRead, PhiRead, ReasonsDrugAndAlcohol, ReasonsMedical],
        ["SubstanceAbuseProfessional"] = [EmployeesRead, ClearancesRead, PhiRead, ReasonsDrugAndAlcohol],
        ["Adjudicator"] = [EmployeesRead, EmployeesPersonal, ClearancesRead, OrdersRead, ReasonsBackground],
        // Knows who may work, not why not (29 CFR 1910.1020, 49 CFR 40.321).
        ["Supervisor"] = [EmployeesRead, ClearancesRead, ReportsRead],
        ["Auditor"] = [EmployeesRead, ClearancesRead, ReportsRead, PoliciesRead, OrdersRead, PhiRead, ReasonsDrugAndAlcohol, ReasonsBackground,
            AuditRead, AuditPersonal, AuditMonitor, AuditCheckpoint],
        ["SecurityOfficer"] = [ReportsRead, AuditRead, AuditMonitor, AuditCheckpoint, SessionsRead, SessionsEnd, FactorsReset,
            ApiKeysRead, ApiKeysRevoke],
        ["ThirdPartyAdministrator"] = [EmployeesRead, EmployeesPersonal, EmployeesWrite, ClearancesRead, ReportsRead, PoliciesRead,
            OrdersRead, OrdersWrite, PhiRead, ReasonsDrugAndAlcohol, ReasonsBackground],
        ["Employee"] = [EmployeesReadOwn],
        [Service] = [EmployeesRead, EmployeesPersonal, EmployeesWrite, ClearancesRead, ReportsRead, PoliciesRead, OrdersRead, OrdersWrite,
            AuditWrite],
    }.ToFrozenDictionary(entry => entry.Key, entry => entry.Value.Append(Self).ToFrozenSet());

    /// <summary>Every permission that some role has.</summary>
    public static readonly FrozenSet<string> All = Permissions.Values.SelectMany(granted => granted).ToFrozenSet();

    public static bool ArePrivileged(IEnumerable<string> roles) => roles.Any(Privileged.Contains);

    /// <summary>Roles that do not exist grant nothing.</summary>
    public static FrozenSet<string> Of(ImmutableArray<string> roles) =>
        roles is [var only] ? GrantedTo(only) : roles.SelectMany(GrantedTo).ToFrozenSet();

    private static FrozenSet<string> GrantedTo(string role) => Permissions.GetValueOrDefault(role, []);
}
