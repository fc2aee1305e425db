using System.Text;
using System.Text.Json;
using ComplianceGrid.Storage.Audit.Ledger;
using CsCheck;

namespace ComplianceGrid.Storage.Tests.Audit.Ledger;

public sealed class CanonicalJsonTests
{
    // RFC 8785 §3.2.2 and §3.2.3, and its author's test data, as far as their numbers are integers.
    [Theory]
    [InlineData(
        """{"string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}""",
        """{"literals":[null,true,false],"string":"€$\u000f\nA'B\"\\\\\"/"}""")]
    [InlineData(
        """
        {"\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
         "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"}
        """,
        "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\",\"ö\":\"Latin Small Letter O With Diaeresis\","
        + "\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\",\"\uFB33\":\"Hebrew Letter Dalet With Dagesh\"}")]
    [InlineData("""[56, {"d": true, "10": null, "1": [ ]}]""", """[56,{"1":[],"10":null,"d":true}]""")]
    [InlineData(
        """{"1": {"f": {"f": "hi","F": 5},"\n": 56}, "10": { }, "": "empty", "a": { }, "111": [ {"e": "yes","E": "no" } ], "A": { } }""",
        """{"":"empty","1":{"\n":56,"f":{"F":5,"f":"hi"}},"10":{},"111":[{"E":"no","e":"yes"}],"A":{},"a":{}}""")]
    [InlineData("""{"Unnormalized Unicode":"A\u030a"}""", "{\"Unnormalized Unicode\":\"A\u030a\"}")]
    [InlineData(
        """{"peach": "This sorting order", "péché": "is wrong according to French", "pêche": "but canonicalization MUST", "sin": "ignore locale"}""",
        """{"peach":"This sorting order","péché":"is wrong according to French","pêche":"but canonicalization MUST","sin":"ignore locale"}""")]
    public void The_standards_examples_come_out_as_published(string json, string canonical) => Assert.Equal(canonical, Canonical(json));

    [Theory]
    [InlineData("9007199254740991", "9007199254740991")]
    [InlineData("-9007199254740991", "-9007199254740991")]
    [InlineData("9007199254740992", "\"9007199254740992\"")]
    [InlineData("-9223372036854775808", "\"-9223372036854775808\"")]
    [InlineData("-0", "0")]
    [InlineData("4.50", "\"4.50\"")]
    [InlineData("1E3", "\"1E3\"")]
    public void A_number_that_a_double_may_round_becomes_text(string json, string canonical) => Assert.Equal(canonical, Canonical(json));

    [Theory]
    [InlineData("""{"a":1,"a":2}""", """{"a":2}""")]
    [InlineData("""{"\ud800":"x\udc00"}""", "{\"\uFFFD\":\"x\uFFFD\"}")]
    [InlineData(""" "\u0000\u001f\u007f\b\t\f\r" """, "\"\\u0000\\u001f\u007f\\b\\t\\f\\r\"")]
    public void What_the_standard_excludes_has_one_form(string json, string canonical) => Assert.Equal(canonical, Canonical(json));

    [Fact]
    public void Any_text_reads_back_and_the_form_is_stable() => Gen.String.Array.Sample(texts =>
    {
        var json = JsonSerializer.Serialize(texts);
        var canonical = Canonical(json);
        Assert.Equal(JsonSerializer.Deserialize<string[]>(json), JsonSerializer.Deserialize<string[]>(canonical));
        Assert.Equal(canonical, Canonical(canonical));
    });

    private static string Canonical(string json)
    {
        using var document = JsonDocument.Parse(json);
        return Encoding.UTF8.GetString(CanonicalJson.Of(document.RootElement));
    }
}
