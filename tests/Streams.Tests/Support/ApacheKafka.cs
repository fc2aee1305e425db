using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using ComplianceGrid.TestKit;
using Confluent.Kafka;

namespace ComplianceGrid.Streams.Tests.Support;

/// <summary>Apache Kafka 0.9.0.1, which keeps what it has on a disk: one broker and its ZooKeeper, of this test process alone. It listens with TLS too.</summary>
internal sealed class ApacheKafka : TestBroker
{
    public const string Version = "0.9.0.1";
    private const string Password = "a-store-of-a-test";
    private const string Registered = "/brokers/ids/0";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly PortRange _ports;
    private readonly string _folder = Directory.CreateTempSubdirectory("kafka-").FullName;
    private JavaProgram _zooKeeper = null!, _broker = null!;

    private ApacheKafka(PortRange ports) : base($"127.0.0.1:{ports.Base}", Version) => _ports = ports;

    /// <summary>Who signed the broker's certificate, and may sign its clients'; its certificate serves as either.</summary>
    public PrivateAuthority Authority { get; } = new("localhost");

    /// <summary>Where the broker speaks TLS, and wants to see a certificate.</summary>
    public string SecureServers => $"localhost:{SecurePort}";

    public int SecurePort => _ports.Base + 10;

    private int ZooKeeperPort => _ports.Base + 1;

    public static async Task<ApacheKafka> StartAsync(CancellationToken ct)
    {
        var kafka = new ApacheKafka(PortRange.Reserve()); // below those that the system deals out: the port of a broker that was killed is still free when it comes again
        await kafka.ConfigureAsync(ct);
        kafka._zooKeeper = JavaProgram.Start(kafka.In("zookeeper.log"), "org.apache.zookeeper.server.quorum.QuorumPeerMain", kafka.In("zookeeper.properties"));
        await Eventually.TrueAsync(async () => await kafka.AskZooKeeperAsync("ruok", ct) == "imok", $"ZooKeeper runs; see {kafka._folder}", ct);
        await kafka.StartBrokerAsync(ct);
        return kafka;
    }

    /// <summary>SIGKILL. Ends when ZooKeeper has missed it: a broker that comes sooner is told that it is there already.</summary>
    public async Task KillBrokerAsync(CancellationToken ct)
    {
        await _broker.DisposeAsync();
        await UntilRegisteredAsync(false, ct);
    }

    public async Task StartBrokerAsync(CancellationToken ct)
    {
        _broker = JavaProgram.Start(In("broker.log"), "kafka.Kafka", In("server.properties"));
        await UntilRegisteredAsync(true, ct);
    }

    /// <summary>Made by being asked for: a client that would create it waits 10 s before it knows that so old a broker cannot be told to.</summary>
    public override async Task<string> NewTopicAsync()
    {
        var name = NewName();
        using var admin = new AdminClientBuilder(Client(new AdminClientConfig())).Build();
        await Eventually.TrueAsync(() => admin.GetMetadata(name, Patience).Topics is [{ Error.IsError: false }], $"{name} is there", TestContext.Current.CancellationToken);
        return name;
    }

    /// <summary>A program of <c>kafka.admin</c>: so old a broker cannot be told by its protocol what a topic shall be.</summary>
    public Task AdministerAsync(string program, CancellationToken ct, params string[] arguments) =>
        JavaProgram.RunAsync($"kafka.admin.{program}", ct, ["--zookeeper", $"127.0.0.1:{ZooKeeperPort}", .. arguments]);

    /// <summary>The files of a partition, by the offsets that they begin with.</summary>
    public IEnumerable<long> Segments(string topic, int partition) =>
        Directory.EnumerateFiles(In("data", $"{topic}-{partition}"), "*.log").Select(file => long.Parse(Path.GetFileNameWithoutExtension(file), null));

    public override async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        await _zooKeeper.DisposeAsync();
        _ports.Dispose();
        Authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task ConfigureAsync(CancellationToken ct)
    {
        using (var certificate = X509Certificate2.CreateFromPemFile(Authority.CertificateFile, Authority.KeyFile))
            await File.WriteAllBytesAsync(In("own.p12"), certificate.Export(X509ContentType.Pkcs12, Password), ct);
        await Tool.RunAsync("keytool", "-importcert", "-noprompt", "-alias", "authority", "-file", Authority.AuthorityFile, "-keystore", In("trusted.p12"), "-storetype", "PKCS12", "-storepass", Password);
        await File.WriteAllTextAsync(In("zookeeper.properties"), $"""
            dataDir={In("zookeeper")}
            clientPort={ZooKeeperPort}
            clientPortAddress=127.0.0.1
            maxClientCnxns=0
            tickTime=500
            """, ct);
        await File.WriteAllTextAsync(In("server.properties"), $"""
            broker.id=0
            listeners=PLAINTEXT://{BootstrapServers},SSL://{SecureServers}
            zookeeper.connect=127.0.0.1:{ZooKeeperPort}
            zookeeper.session.timeout.ms=6000
            log.dirs={In("data")}
            num.partitions=8
            offsets.topic.num.partitions=1
            offsets.topic.replication.factor=1
            log.cleaner.enable=false
            log.index.size.max.bytes=1048576
            log.retention.check.interval.ms=200
            log.segment.delete.delay.ms=0
            ssl.client.auth=required
            ssl.enabled.protocols=TLSv1.2
            ssl.keystore.type=PKCS12
            ssl.keystore.location={In("own.p12")}
            ssl.keystore.password={Password}
            ssl.key.password={Password}
            ssl.truststore.type=PKCS12
            ssl.truststore.location={In("trusted.p12")}
            ssl.truststore.password={Password}
            """, ct);
    }

    private Task UntilRegisteredAsync(bool isRegistered, CancellationToken ct) => Eventually.TrueAsync(
        async () => (await AskZooKeeperAsync("dump", ct)).Contains(Registered, StringComparison.Ordinal) == isRegistered, $"ZooKeeper knows of a broker: {isRegistered}; see {_folder}", ct);

    /// <summary>One of its words of four letters.</summary>
    private async Task<string> AskZooKeeperAsync(string word, CancellationToken ct)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, ZooKeeperPort, ct);
        }
        catch (SocketException)
        {
            return "it does not listen yet";
        }

        await client.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(word), ct);
        using var answer = new StreamReader(client.GetStream());
        return await answer.ReadToEndAsync(ct);
    }

    private string In(params string[] path) => Path.Combine([_folder, .. path]);
}
