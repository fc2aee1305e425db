using System.Text;
using System.Text.Json;
using ComplianceGrid.Events;
using ComplianceGrid.Storage.Events;
using ComplianceGrid.Streams.Kafka.Wire;
using ComplianceGrid.Streams.Tests.Support;
using Confluent.Kafka;

namespace ComplianceGrid.Streams.Tests.Kafka.Wire;

public sealed class RecordReaderTests
{
    private const string Subject = "acme/00000007-0000-0000-0000-000000000000";

    private const string Structured = """
        {"specversion":"1.0","id":"c-1","source":"lab","type":"drug-testing.result","time":"2026-03-02T09:00:00Z","subject":"acme/00000007-0000-0000-0000-000000000000",
         "gridnamespace":"compliance","traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
         "data":{"sourceKey":"lab/1","sourceVersion":3,"outcome":"satisfied","observedAt":"2026-03-01T00:00:00Z"}}
        """;

    [Fact]
    public void Structured_mode_is_read_with_and_without_the_header_that_names_it()
    {
        var bare = RecordReader.Read(Record(Structured));
        var named = RecordReader.Read(Record(Structured, ("content-type", "application/cloudevents+json")));

        Assert.Equal(bare, named);
        Assert.Equal(("c-1", "lab", Subject, "compliance", 3L, 1), (bare.Event.Id, bare.Event.Source, bare.Event.Key, bare.Event.Namespace, bare.Event.Data.SourceVersion, bare.Attempt));
        Assert.Equal("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", bare.Event.TraceParent);
        Assert.Null(bare.Event.LogPosition);
    }

    [Fact]
    public void Binary_mode_says_the_same()
    {
        var data = JsonDocument.Parse(Structured).RootElement.GetProperty("data").GetRawText();
        var read = RecordReader.Read(Record(data, ("ce_specversion", "1.0"), ("ce_id", "c-1"), ("ce_source", "lab"), ("ce_type", "drug-testing.result"),
            ("ce_time", "2026-03-02T09:00:00Z"), ("ce_subject", Subject), ("ce_gridnamespace", "compliance"),
            ("ce_traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), ("content-type", "application/json")));

        Assert.Equal(RecordReader.Read(Record(Structured)), read);
    }

    [Fact]
    public void A_producer_may_be_a_version_ahead_or_behind()
    {
        var ahead = Structured.Replace("\"data\":{", "\"gridfuture\":\"x\",\"data\":{\"inventedLater\":{\"a\":[1]},", StringComparison.Ordinal);
        var behind = Structured.Replace("\"traceparent\":\"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\",", "", StringComparison.Ordinal);

        Assert.Equal(RecordReader.Read(Record(Structured)), RecordReader.Read(Record(ahead)));
        var old = RecordReader.Read(Record(behind)).Event;
        Assert.Null(old.TraceParent);
        Assert.False(old.Data.Dot);
        Assert.Null(old.Data.OrderId);
    }

    [Fact]
    public void A_copy_of_a_row_carries_its_place_and_every_member_of_the_row()
    {
        var ahead = Structured.Replace("\"data\":{", "\"gridposition\":\"1\",\"gridfuture\":\"x\",\"data\":{", StringComparison.Ordinal);
        var copy = CloudEventJson.CopyOf(Encoding.UTF8.GetBytes(ahead), position: 5_000_000_000, attempt: 4);
        var read = RecordReader.Read(new() { Value = copy });

        Assert.Equal((new EventLogPosition(EventQueues.Of(Subject), 5_000_000_000), 4), (read.Event.LogPosition, read.Attempt));
        Assert.Contains("\"gridfuture\":\"x\"", Encoding.UTF8.GetString(copy), StringComparison.Ordinal);
        Assert.Equal("5000000000", JsonDocument.Parse(copy).RootElement.GetProperty("gridposition").GetString());
        Assert.Equal(read.Event with { LogPosition = null }, CloudEventJson.Read(copy));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"id\":")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"c\"}")]
    public void What_is_no_event_is_told_apart(string body) => Assert.ThrowsAny<JsonException>(() => RecordReader.Read(Record(body)));

    [Fact]
    public void Another_version_of_CloudEvents_is_not_guessed_at()
    {
        Assert.ThrowsAny<JsonException>(() => RecordReader.Read(Record(Structured.Replace("\"1.0\"", "\"2.0\"", StringComparison.Ordinal))));
        Assert.ThrowsAny<JsonException>(() => RecordReader.Read(Record("{}", ("ce_specversion", "2.0"))));
        Assert.ThrowsAny<JsonException>(() => RecordReader.Read(Record("{}", ("ce_specversion", "1.0"), ("ce_id", "c"))));
        Assert.ThrowsAny<JsonException>(() => RecordReader.Read(new() { Value = null! }));
    }

    [Fact]
    public void What_is_written_is_read()
    {
        var e = TestEvents.Of(Subject, "s", 1);
        Assert.Equal((e, 1), RecordReader.Read(new() { Value = CloudEventJson.Write(e) }));
    }

    private static Message<Ignore, byte[]> Record(string body, params (string Name, string Value)[] headers)
    {
        var record = new Message<Ignore, byte[]> { Value = Encoding.UTF8.GetBytes(body), Headers = [] };
        foreach (var (name, value) in headers) record.Headers.Add(name, Encoding.UTF8.GetBytes(value));
        return record;
    }
}
