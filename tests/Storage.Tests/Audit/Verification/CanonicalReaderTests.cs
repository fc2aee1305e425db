using System.Text;
using System.Text.Json;
using ComplianceGrid.Audit;
using ComplianceGrid.Storage.Audit.Ledger;
using ComplianceGrid.Storage.Audit.Verification;
using CsCheck;

namespace ComplianceGrid.Storage.Tests.Audit.Verification;

/// <summary>What the writer writes is read, and no other spelling of it.</summary>
public sealed class CanonicalReaderTests
{
    private static readonly Gen<string> Texts = Gen.Char.Array[0, 6].Select(characters => new string(characters));

    private static readonly Gen<object?> Values = Gen.Recursive<object?>((depth, inner) => depth > 3 ? Leaves : Gen.OneOf(
        Leaves,
        inner.Array[0, 4].Select(items => (object?)items),
        Gen.Select(Texts, inner).Array[0, 4].Select(members => (object?)members.DistinctBy(member => member.Item1).ToDictionary(member => member.Item1, member => member.Item2))));

    private static Gen<object?> Leaves => Gen.OneOf(Texts.Select(text => (object?)text), Gen.Long.Select(number => (object?)number), Gen.Bool.Select(flag => (object?)flag), Gen.Const((object?)null));

    [Fact]
    public void Whatever_the_writer_makes_canonical_is_read() => Values.Sample(value =>
    {
        var json = CanonicalJson.Of(JsonSerializer.SerializeToElement(new Dictionary<string, object?> { ["details"] = value }));
        return Accepts(json);
    });

    [Fact]
    public void What_is_read_is_what_the_writer_would_make_of_it() => Gen.Select(Values, Gen.Int[0, 10_000], Gen.Byte).Sample((value, at, change) =>
    {
        var json = CanonicalJson.Of(JsonSerializer.SerializeToElement(new Dictionary<string, object?> { ["d"] = value }));
        json[at % json.Length] = change;
        if (Accepts(json)) Assert.Equal(json, CanonicalJson.Of(JsonDocument.Parse(json).RootElement));
    });

    [Theory]
    [InlineData("""{"a":1,"b":[true,false,null,{}],"c":"\u001f\b\t\n\f\r\"\\"}""", true)]
    [InlineData("""{"€":1,"😀":2,"\uE000":3}""", false)] // an escape that is not needed
    [InlineData("{\"\u20ac\":1,\"\ud83d\ude00\":2,\"\ue000\":3}", true)] // by UTF-16: a surrogate before U+E000
    [InlineData("{\"\u20ac\":1,\"\ue000\":2,\"\ud83d\ude00\":3}", false)] // by bytes
    [InlineData("""{"b":1,"a":2}""", false)]
    [InlineData("""{"a":1,"a":2}""", false)]
    [InlineData("""{"a": 1}""", false)]
    [InlineData("""{"a":1} """, false)]
    [InlineData("""{"a":1.0}""", false)]
    [InlineData("""{"a":1e3}""", false)]
    [InlineData("""{"a":-0}""", false)]
    [InlineData("""{"a":01}""", false)]
    [InlineData("""{"a":-}""", false)]
    [InlineData("""{"a":9007199254740991}""", true)]
    [InlineData("""{"a":9007199254740992}""", false)]
    [InlineData("""{"a":-9007199254740991}""", true)]
    [InlineData("""{"a":99999999999999999999}""", false)]
    [InlineData("""{"a":"\/"}""", false)]
    [InlineData("""{"a":"\u000a"}""", false)]
    [InlineData("""{"a":"\u001F"}""", false)]
    [InlineData("""{"a":"\u000b"}""", true)]
    [InlineData("""{"a":"\ud800"}""", false)]
    [InlineData("{\"a\":\"\t\"}", false)]
    [InlineData("""{"a":tru}""", false)]
    [InlineData("""{"a":[1,]}""", false)]
    [InlineData("""{"a"}""", false)]
    [InlineData("""{"a":"x}""", false)]
    [InlineData("""{"a":""", false)]
    [InlineData("", false)]
    public void A_spelling(string json, bool isCanonical) => Assert.Equal(isCanonical, Accepts(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Nesting_has_an_end() => Assert.False(Accepts(Encoding.UTF8.GetBytes("{\"a\":" + new string('[', 10_000) + new string(']', 10_000) + "}")));

    [Fact]
    public void Every_record_of_the_writer_is_read_member_by_member() => Gen.Select(Texts, Values, Gen.Int, Gen.Bool).Sample((text, value, number, flag) =>
    {
        var entry = LedgerEntry.Of(new AuditEntry
        {
            Id = new Guid(number, 1, 2, new byte[8]),
            Timestamp = DateTimeOffset.UnixEpoch.AddTicks(number),
            TenantId = "acme",
            UserId = text,
            UserRole = "r",
            Action = AuditAction.Read,
            Resource = text,
            ResourceId = flag ? text : null,
            IpAddress = flag ? null : text,
            UserAgent = text,
            Details = JsonSerializer.Serialize(value),
            Success = flag,
            DurationMs = number,
        }, flag ? new SealedDetail(text, [1, 2, 3]) : null);
        var record = Storage.Audit.Verification.Record.Read(new RecordWriter().Write(entry, 3, DateTime.UnixEpoch));
        Assert.Equal((entry.Id, flag, !flag), (record.Id, record.Has(RecordMember.ResourceId), record.Has(RecordMember.IpAddress)));
        Assert.True(record.Says(RecordMember.UserId, Encoding.UTF8.GetBytes(entry.UserId)) && record.Says(RecordMember.Resource, Encoding.UTF8.GetBytes(entry.Resource)));
        Assert.False(record.Says(RecordMember.UserId, Encoding.UTF8.GetBytes(entry.UserId + "x")));
    });

    private static bool Accepts(byte[] json)
    {
        try
        {
            if (!System.Text.Unicode.Utf8.IsValid(json)) return false;
            var reader = new CanonicalReader(json);
            reader.Object();
            return reader.IsAtEnd;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
