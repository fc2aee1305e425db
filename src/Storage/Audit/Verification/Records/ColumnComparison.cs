using System.Buffers.Text;

namespace ComplianceGrid.Storage.Audit.Verification;

/// <summary>Holds the columns of a row, which are there to search by, to its record, which is what the tree proves.</summary>
internal static class ColumnComparison
{
    private const int LongestNumber = 11;
    private const int IdText = 36;

    private static readonly (RowColumn Column, RecordMember Member)[] Texts =
    [
        (RowColumn.TenantId, RecordMember.TenantId), (RowColumn.UserId, RecordMember.UserId), (RowColumn.UserRole, RecordMember.UserRole),
        (RowColumn.Action, RecordMember.Action), (RowColumn.Resource, RecordMember.Resource), (RowColumn.ResourceId, RecordMember.ResourceId),
        (RowColumn.IpAddress, RecordMember.IpAddress), (RowColumn.UserAgent, RecordMember.UserAgent), (RowColumn.RequestId, RecordMember.RequestId),
        (RowColumn.Result, RecordMember.Result), (RowColumn.ErrorCode, RecordMember.ErrorCode),
    ];

    /// <summary>The member whose column is another; null: every column is the record's.</summary>
    public static RecordMember? FirstDifference(StoredRow row, Record record)
    {
        Span<byte> text = stackalloc byte[IdText];
        if (!row.Id.TryFormat(text, out _) || !record[RecordMember.Id].SequenceEqual(text)) return RecordMember.Id;
        foreach (var (column, member) in Texts)
        {
            if (row.IsNull(column) == record.Has(member) || !record.Says(member, row[column])) return member;
        }

        if (!IsNumber(row.Int(RowColumn.Epoch), record[RecordMember.Epoch])) return RecordMember.Epoch;
        if (!IsNumber(row.Int(RowColumn.Duration), record[RecordMember.DurationMs])) return RecordMember.DurationMs;
        if (!IsInstant(row.Long(RowColumn.Timestamp), record[RecordMember.Timestamp])) return RecordMember.Timestamp;
        return IsInstant(row.Long(RowColumn.CreatedAt), record[RecordMember.CreatedAt]) ? null : RecordMember.CreatedAt;
    }

    private static bool IsNumber(int value, ReadOnlySpan<byte> text)
    {
        Span<byte> digits = stackalloc byte[LongestNumber];
        return Utf8Formatter.TryFormat(value, digits, out var written) && text.SequenceEqual(digits[..written]);
    }

    private static bool IsInstant(long micros, ReadOnlySpan<byte> text)
    {
        Span<byte> instant = stackalloc byte[StoredInstant.Length];
        return StoredInstant.TryFormat(micros, instant) && text.SequenceEqual(instant);
    }
}
