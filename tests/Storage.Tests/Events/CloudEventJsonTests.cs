using System.Text;
using ComplianceGrid.Events;
using ComplianceGrid.Storage.Events;

namespace ComplianceGrid.Storage.Tests.Events;

/// <summary>An event as it lies in the log and on topics: what this build writes every later one must read, and the one before it.</summary>
public sealed class CloudEventJsonTests
{
    private const string Json = """
        {"specversion":"1.0","id":"e-1","source":"checkr/c1","type":"background.report","time":"2026-03-02T15:00:00+00:00","subject":"acme/0198f7a2-0000-7000-8000-000000000001","datacontenttype":"application/json","gridnamespace":"orders","traceparent":"00-1-2-01","data":{"sourceKey":"checkr/report/r1","sourceVersion":7,"item":"background-check","outcome":"satisfied","vendorOutcome":"clear","milestone":"completed","observedAt":"2026-03-02T15:00:00+00:00","effectiveOn":"2026-03-02","expiresOn":"2027-03-02","expectedBy":"2026-03-09T15:00:00+00:00","orderId":"0198f7a2-0000-7000-8000-000000000002","retracted":true,"dot":true}}
        """;

    private static readonly DateTimeOffset Monday = new(2026, 3, 2, 15, 0, 0, TimeSpan.Zero);

    private static readonly ComplianceEvent Written = new()
    {
        Id = "e-1",
        Source = "checkr/c1",
        Type = EventTypes.BackgroundReport,
        Time = Monday,
        Namespace = StreamNamespaces.Orders,
        Key = "acme/0198f7a2-0000-7000-8000-000000000001",
        TraceParent = "00-1-2-01",
        Data = new()
        {
            SourceKey = "checkr/report/r1",
            SourceVersion = 7,
            Item = "background-check",
            Outcome = FactOutcome.Satisfied,
            VendorOutcome = "clear",
            Milestone = "completed",
            ObservedAt = Monday,
            EffectiveOn = new(2026, 3, 2),
            ExpiresOn = new(2027, 3, 2),
            ExpectedBy = Monday.AddDays(7),
            OrderId = Guid.Parse("0198f7a2-0000-7000-8000-000000000002"),
            Retracted = true,
            Dot = true,
        },
    };

    [Fact]
    public void Yesterdays_event_is_read()
    {
        Assert.Equal(Json, Encoding.UTF8.GetString(CloudEventJson.Write(Written)));
        Assert.Equal(Written, CloudEventJson.Read(Encoding.UTF8.GetBytes(Json)));
    }

    [Theory]
    [InlineData(""" "outcome":"satisfied", """, """ "outcome":"satisfied","inventedLater":{"a":[1]}, """)] // of the version after
    [InlineData(""" "specversion":"1.0", """, """ "specversion":"1.0","inventedlater":"x", """)]
    public void Tomorrows_members_are_skipped(string today, string tomorrow)
    {
        var later = Json.Replace(today.Trim(), tomorrow.Trim(), StringComparison.Ordinal);
        Assert.NotEqual(Json, later);
        Assert.Equal(Written, CloudEventJson.Read(Encoding.UTF8.GetBytes(later)));
    }

    [Fact]
    public void An_event_from_before_a_member_was_there_is_read()
    {
        var earlier = Json.Replace(",\"retracted\":true,\"dot\":true", "", StringComparison.Ordinal).Replace(",\"traceparent\":\"00-1-2-01\"", "", StringComparison.Ordinal);
        Assert.Equal(Written with { TraceParent = null, Data = Written.Data with { Retracted = false, Dot = false } }, CloudEventJson.Read(Encoding.UTF8.GetBytes(earlier)));
    }
}
