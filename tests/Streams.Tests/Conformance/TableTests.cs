using System.Reflection;
using ComplianceGrid.Streams.Tests.Support;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Streams.Tests.Conformance;

/// <summary>The table of docs/streams.md: a row for each test, a result in each cell, and the same refusals as the transports' own.</summary>
public sealed class TableTests(SharedApacheKafka shared)
{
    private const string NotOffered = "not offered: ";

    private static readonly string[] Heads = ["test", "PostgreSQL", "Kafka, mock brokers", "Kafka, Apache " + ApacheKafka.Version, "Orleans' memory"];

    [Fact]
    public async Task Each_test_has_a_row_and_each_cell_a_result()
    {
        await using Transport postgres = new PostgresTransportUnderTest(), kafka = new KafkaTransportUnderTest(), apache = new KafkaTransportUnderTest(shared),
            memory = new MemoryTransportUnderTest();
        var rows = (await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "docs", "streams.md"), TestContext.Current.CancellationToken))
            .SkipWhile(line => line != "## Conformance").Where(line => line.StartsWith('|')).Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries)).ToList();
        var tests = typeof(ConformanceTests).GetMethods().Where(method => method.GetCustomAttribute<FactAttribute>() is not null).Select(method => method.Name);

        Assert.Equal(Heads, rows[0]);
        Assert.Equal(Heads.Length - 1, typeof(ConformanceTests).Assembly.GetTypes().Count(type => type.IsSubclassOf(typeof(ConformanceTests))));
        Assert.Equal(tests.Select(name => name.Replace('_', ' ')).Order(), rows.Skip(2).Select(row => row[0]).Order());
        foreach (var row in rows.Skip(2))
        {
            Assert.Equal(Heads.Length, row.Length);
            Check(row, 1, postgres);
            Check(row, 2, kafka);
            Check(row, 3, apache);
            Check(row, 4, memory);
        }
    }

    private static void Check(string[] row, int column, Transport transport) => Assert.Equal(
        transport.NotOffered.TryGetValue(row[0].Replace(' ', '_'), out var why) ? NotOffered + why : "passes", row[column]);
}
