namespace ComplianceGrid.TestKit;

/// <summary>A PostgreSQL role as <c>deploy/postgres/bootstrap.sql</c> creates it.</summary>
public enum GridRole { Superuser, Owner, Silo, Sweeper, Api, Gateway, AuditOwner, AuditWriter, Auditor, AuditNotary }

internal static class GridRoles
{
    /// <summary>Roles belong to the whole cluster; on the test cluster all have this password.</summary>
    public const string Password = "test-cluster-only";

    public static string Name(this GridRole role) => role switch
    {
        GridRole.Superuser => "postgres",
        GridRole.Owner => "grid_owner",
        GridRole.Silo => "grid_silo",
        GridRole.Sweeper => "grid_sweeper",
        GridRole.Api => "grid_api",
        GridRole.Gateway => "grid_gateway",
        GridRole.AuditOwner => "grid_audit_owner",
        GridRole.AuditWriter => "grid_audit_writer",
        GridRole.Auditor => "grid_auditor",
        GridRole.AuditNotary => "grid_audit_notary",
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, null),
    };
}
