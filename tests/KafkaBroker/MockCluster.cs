using System.Runtime.InteropServices;

namespace ComplianceGrid.KafkaBroker;

/// <summary>
/// librdkafka's mock cluster by its own functions: the setting <c>test.mock.num.brokers</c> makes topics of four partitions only, and
/// has no way to take brokers away. All is in memory; about 5 MB are kept of each partition; ends with the process.
/// </summary>
internal sealed partial class MockCluster
{
    private const string Library = "librdkafka";
    private const int Producer = 0;
    private const int ErrorLength = 512;

    // Built against the libraries of different distributions; the first that loads serves, as in Confluent's own client.
    private static readonly string[] Builds = ["librdkafka", "centos8-librdkafka", "alpine-librdkafka"];

    /// <summary>By the request's number (Kafka protocol, api keys), what brokers answer on a bad day: codes of the protocol, and librdkafka's -195, a closed connection.</summary>
    private static readonly (short Request, int[] Errors)[] Errors =
    [
        (0, [6, 7, 19, 20, -195]), // produce: not the leader, timed out, too few replicas, too few after it was appended
        (1, [6, 9, -195]), // fetch: not the leader, replica not available
        (8, [15, 16, -195]), // commit of offsets: no coordinator, not the coordinator
    ];

    private readonly nint _cluster;
    private readonly int _brokers;

    static MockCluster() => NativeLibrary.SetDllImportResolver(typeof(MockCluster).Assembly, (_, assembly, path) =>
        Builds.Select(build => NativeLibrary.TryLoad(build, assembly, path, out var library) ? library : 0).FirstOrDefault(library => library != 0));

    public MockCluster(int brokers)
    {
        Span<byte> error = stackalloc byte[ErrorLength];
        var configuration = NewConfiguration();
        Set(configuration, "log_level", "3", ref MemoryMarshal.GetReference(error), ErrorLength); // the client itself connects to nothing, and says so
        var client = New(Producer, configuration, ref MemoryMarshal.GetReference(error), ErrorLength);
        if (client == 0) throw new InvalidOperationException("librdkafka makes no client.");
        (_cluster, _brokers) = (NewCluster(client, brokers), brokers);
        if (_cluster == 0) throw new InvalidOperationException("librdkafka makes no mock cluster.");
    }

    public string BootstrapServers => Marshal.PtrToStringUTF8(Bootstraps(_cluster))!;

    public void CreateTopic(string name, int partitions) => Check(CreateTopic(_cluster, name, partitions, _brokers));

    /// <summary>With all that it holds.</summary>
    public void DeleteTopic(string name) => Check(DeleteTopic(_cluster, name));

    /// <summary>As a topic's retention does: what is below the offset is gone.</summary>
    public void Forget(string topic, int partition, long below) => Check(DeleteRecords(_cluster, topic, partition, below));

    /// <summary>Closes the connections of all brokers and accepts none, or accepts again.</summary>
    public void SetAway(bool isAway)
    {
        for (var broker = 1; broker <= _brokers; broker++) Check(isAway ? SetDown(_cluster, broker) : SetUp(_cluster, broker));
    }

    /// <summary>The next so many requests of each kind are answered with errors that pass, or are not answered and their connection is closed.</summary>
    public void FailNext(int count)
    {
        foreach (var (request, errors) in Errors) PushErrors(_cluster, request, count, [.. Enumerable.Range(0, count).Select(n => errors[n % errors.Length])]);
    }

    private static void Check(int code)
    {
        if (code != 0) throw new InvalidOperationException($"librdkafka answers {code}.");
    }

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_new")]
    private static partial nint NewConfiguration();

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_set", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Set(nint configuration, string name, string value, ref byte error, nint errorLength);

    [LibraryImport(Library, EntryPoint = "rd_kafka_new")]
    private static partial nint New(int type, nint configuration, ref byte error, nint errorLength);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_new")]
    private static partial nint NewCluster(nint client, int brokers);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_bootstraps")]
    private static partial nint Bootstraps(nint cluster);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_topic_create", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int CreateTopic(nint cluster, string topic, int partitions, int replicas);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_topic_delete", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int DeleteTopic(nint cluster, string topic);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_partition_delete_records", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int DeleteRecords(nint cluster, string topic, int partition, long before);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_push_request_errors_array")]
    private static partial void PushErrors(nint cluster, short request, nint count, int[] errors);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_broker_set_down")]
    private static partial int SetDown(nint cluster, int broker);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_broker_set_up")]
    private static partial int SetUp(nint cluster, int broker);
}
