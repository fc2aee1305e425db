namespace ComplianceGrid.Api.Security;

/// <summary>What a caller may do. The name is what a token and a refusal call it.</summary>
internal static class Permission
{
    public const string EmployeesRead = "employees:read";
    /// <summary>One's own record, and nobody else's.</summary>
    public const string EmployeesReadOwn = "employees:read-own";
    /// <summary>Date of birth, e-mail address, telephone.</summary>
    public const string EmployeesPersonal = "employees:personal";
    public const string EmployeesWrite = "employees:write";
    public const string EmployeesEnd = "employees:end";
    public const string WaiversApprove = "waivers:approve";
    public const string ClearancesRead = "clearances:read";
    public const string ReportsRead = "reports:read";
    public const string PoliciesRead = "policies:read";
    public const string PoliciesWrite = "policies:write";
    public const string OrdersRead = "orders:read";
    public const string OrdersWrite = "orders:write";
    /// <summary>Events that were given up: see them, and have them tried again.</summary>
    public const string EventsReplay = "events:replay";
    /// <summary>The tenant's audit log, and proofs of it.</summary>
    public const string AuditRead = "audit:read";
    /// <summary>The personal detail of audit entries: before and after, queries, free text.</summary>
    public const string AuditPersonal = "audit:personal";
    /// <summary>How the audit log fares.</summary>
    public const string AuditMonitor = "audit:monitor";
    /// <summary>Entries of other services.</summary>
    public const string AuditWrite = "audit:write";
    /// <summary>A checkpoint on demand.</summary>
    public const string AuditCheckpoint = "audit:checkpoint";
    /// <summary>What everybody may who is signed in: see and end one's own session.</summary>
    public const string Self = "account:self";
    /// <summary>Others' sessions in the tenant.</summary>
    public const string SessionsRead = "sessions:read";
    public const string SessionsEnd = "sessions:end";
    /// <summary>Keys of integrations, without their secrets.</summary>
    public const string ApiKeysRead = "api-keys:read";
    /// <summary>Make and rotate them.</summary>
    public const string ApiKeysWrite = "api-keys:write";
    public const string ApiKeysRevoke = "api-keys:revoke";
    /// <summary>Protected health information: drug and alcohol, and medical detail, as far as the audience's own permission goes.</summary>
    public const string PhiRead = "phi:read";
    /// <summary>Asking and approving that another's lost second factor is replaced.</summary>
    public const string FactorsReset = "factors:reset";
    public const string ReasonsDrugAndAlcohol = "reasons:drug-and-alcohol";
    public const string ReasonsMedical = "reasons:medical";
    public const string ReasonsBackground = "reasons:background";
}
