using ComplianceGrid.Audit;

namespace ComplianceGrid.Grains.Tests.Audit;

/// <summary>An entry of which nothing matters but that it is one.</summary>
internal static class TestEntry
{
    public static AuditEntry New() => new()
    {
        Id = Guid.CreateVersion7(DateTimeOffset.UnixEpoch),
        Timestamp = DateTimeOffset.UnixEpoch,
        TenantId = "acme",
        UserId = "u",
        UserRole = "r",
        Action = AuditAction.Read,
        Resource = "employees",
        Success = true,
    };
}
