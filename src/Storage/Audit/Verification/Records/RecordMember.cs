namespace ComplianceGrid.Storage.Audit.Verification;

/// <summary>A record's members, in the order in which they stand there.</summary>
internal enum RecordMember
{
    Action, CreatedAt, Details, DurationMs, Epoch, ErrorCode, Id, IpAddress, Person, RequestId, Resource, ResourceId, Result, Sealed,
    TenantId, Timestamp, UserAgent, UserId, UserRole, V,
}

internal static class RecordMembers
{
    public const int Count = 20;

    private static readonly byte[][] Names =
    [
        .. new[]
        {
            "action", "created_at", "details", "duration_ms", "epoch", "error_code", "id", "ip_address", "person", "request_id", "resource",
            "resource_id", "result", "sealed", "tenant_id", "timestamp", "user_agent", "user_id", "user_role", "v",
        }.Select(System.Text.Encoding.UTF8.GetBytes),
    ];

    private static readonly RecordMember[] Optional =
    [
        RecordMember.Details, RecordMember.ErrorCode, RecordMember.IpAddress, RecordMember.Person, RecordMember.RequestId, RecordMember.ResourceId,
        RecordMember.Sealed, RecordMember.UserAgent,
    ];

    /// <summary>Every other member, as bits.</summary>
    public static readonly uint Required = Enum.GetValues<RecordMember>().Except(Optional).Aggregate(0u, (bits, member) => bits | Bit(member));

    public static uint Bit(RecordMember member) => 1u << (int)member;

    public static ReadOnlySpan<byte> NameOf(RecordMember member) => Names[(int)member];

    public static string TextOf(RecordMember member) => System.Text.Encoding.UTF8.GetString(NameOf(member));
}
