using System.Buffers.Binary;

namespace ComplianceGrid.Storage.Audit.Verification;

/// <summary>The columns that are read of a row, in their order.</summary>
internal enum RowColumn
{
    Id, Timestamp, TenantId, Epoch, LeafIndex, UserId, UserRole, Action, Resource, ResourceId, IpAddress, UserAgent, RequestId, Result,
    ErrorCode, Duration, CreatedAt, Partition, Record,
}

/// <summary>A row of <c>audit.audit_log</c> as PostgreSQL sends it, in binary. It is good until the next one is read.</summary>
/// <param name="bytes">The fields.</param>
/// <param name="fields">Where each starts, and its length; −1: NULL.</param>
internal readonly ref struct StoredRow(ReadOnlySpan<byte> bytes, ReadOnlySpan<(int Start, int Length)> fields)
{
    public const int Columns = 19;

    /// <summary>For COPY.</summary>
    public const string ColumnList =
        "id, timestamp, tenant_id, epoch, leaf_index, user_id, user_role, action, resource, resource_id, ip_address, user_agent, request_id, result, "
        + "error_code, duration, created_at, tableoid, record";

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private readonly ReadOnlySpan<(int Start, int Length)> _fields = fields;

    public bool IsNull(RowColumn column) => _fields[(int)column].Length < 0;

    /// <summary>Empty when it is NULL.</summary>
    public ReadOnlySpan<byte> this[RowColumn column] => IsNull(column) ? [] : _bytes.Slice(_fields[(int)column].Start, _fields[(int)column].Length);

    public Guid Id => new(this[RowColumn.Id], bigEndian: true);

    public int Int(RowColumn column) => BinaryPrimitives.ReadInt32BigEndian(this[column]);

    public long Long(RowColumn column) => BinaryPrimitives.ReadInt64BigEndian(this[column]);
}
