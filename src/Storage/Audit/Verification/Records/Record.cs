using System.Buffers.Text;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;
using ComplianceGrid.Storage.Audit.Ledger;

namespace ComplianceGrid.Storage.Audit.Verification;

/// <summary>A record read from its bytes, which are canonical and complete. It holds no copy of them.</summary>
internal readonly ref struct Record
{
    private readonly ReadOnlySpan<byte> _json;
    private readonly Ranges _members;
    private readonly uint _present;

    private Record(ReadOnlySpan<byte> json, Ranges members, uint present)
    {
        _json = json;
        _members = members;
        _present = present;
    }

    /// <summary>A string without its quotes, escapes as they stand; empty when <see cref="Has"/> says no.</summary>
    public ReadOnlySpan<byte> this[RecordMember member] => _json[_members[(int)member]];

    public bool Has(RecordMember member) => (_present & RecordMembers.Bit(member)) != 0;

    public Guid Id => Utf8Parser.TryParse(this[RecordMember.Id], out Guid id, out _) ? id : default;

    /// <exception cref="FormatException">It is no record: the message says why, without any content.</exception>
    public static Record Read(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json)) throw new FormatException("it is no UTF-8");
        var (members, present) = (default(Ranges), 0u);
        var reader = new CanonicalReader(json);
        reader.Take((byte)'{');
        var next = 0;
        do
        {
            next = Find(json[reader.String()], next);
            reader.Take((byte)':');
            members[next] = ReadValue(ref reader, (RecordMember)next);
            present |= 1u << next++;
        }
        while (reader.TryTake((byte)','));
        reader.Take((byte)'}');
        if (!reader.IsAtEnd) throw new FormatException("something stands behind it");
        if ((RecordMembers.Required & ~present) is var missing and not 0)
            throw new FormatException($"the member {RecordMembers.TextOf((RecordMember)BitOperations.TrailingZeroCount(missing))} is missing");
        var record = new Record(json, members, present);
        record.CheckForms();
        return record;
    }

    /// <summary>Whether a string member, its escapes undone, is this text.</summary>
    public bool Says(RecordMember member, ReadOnlySpan<byte> text)
    {
        var value = this[member];
        return value.Contains((byte)'\\') ? Encoding.UTF8.GetBytes(JsonText.Unescape(value)).AsSpan().SequenceEqual(text) : value.SequenceEqual(text);
    }

    private static int Find(ReadOnlySpan<byte> name, int from)
    {
        for (var i = from; i < RecordMembers.Count; i++)
        {
            if (RecordMembers.NameOf((RecordMember)i).SequenceEqual(name)) return i;
        }

        throw new FormatException("it has a member that is unknown, twice there or out of order");
    }

    private static Range ReadValue(ref CanonicalReader reader, RecordMember member)
    {
        if (member is RecordMember.Details) return reader.Object();
        return member is RecordMember.DurationMs or RecordMember.Epoch or RecordMember.V ? reader.Integer() : reader.String();
    }

    private void CheckForms()
    {
        if (!this[RecordMember.V].SequenceEqual("1"u8)) throw new FormatException("its version is not 1");
        Span<byte> id = stackalloc byte[36];
        if (!Id.TryFormat(id, out _) || !id.SequenceEqual(this[RecordMember.Id])) throw new FormatException("its id is no UUID in lower case");
        if (!StoredInstant.IsText(this[RecordMember.CreatedAt]) || !StoredInstant.IsText(this[RecordMember.Timestamp]))
            throw new FormatException("a time of it is not written YYYY-MM-DDThh:mm:ss.ffffffZ");
        if (!this[RecordMember.Result].SequenceEqual("SUCCESS"u8) && !this[RecordMember.Result].SequenceEqual("FAILURE"u8))
            throw new FormatException("its result is neither SUCCESS nor FAILURE");
        if (Has(RecordMember.Sealed) != Has(RecordMember.Person)) throw new FormatException("it has sealed detail without a person, or the reverse");
        if (Has(RecordMember.Sealed) && !Base64.IsValid(this[RecordMember.Sealed])) throw new FormatException("its sealed detail is no base64");
    }

    [InlineArray(RecordMembers.Count)]
    private struct Ranges
    {
        private Range _first;
    }
}
