using System.Globalization;
using ComplianceGrid.KafkaBroker;

// Arguments: topics to make, each name:partitions. Prints its bootstrap servers, then does what each line of its input says and
// answers "ok" or what went wrong. Lives until its input ends.
var cluster = new MockCluster(brokers: 3);
foreach (var topic in args.Select(arg => arg.Split(':'))) cluster.CreateTopic(topic[0], Number(topic[1]));
Console.WriteLine(cluster.BootstrapServers);
while (Console.ReadLine() is { } line)
{
    try
    {
        switch (line.Split(' '))
        {
            case ["create", var name, var partitions]: cluster.CreateTopic(name, Number(partitions)); break;
            case ["delete", var name]: cluster.DeleteTopic(name); break;
            case ["forget", var name, var partition, var below]: cluster.Forget(name, Number(partition), Number(below)); break;
            case ["fail", var count]: cluster.FailNext(Number(count)); break;
            case ["down"]: cluster.SetAway(true); break;
            case ["up"]: cluster.SetAway(false); break;
            default: throw new ArgumentException("create NAME PARTITIONS | delete NAME | forget NAME PARTITION BELOW | fail COUNT | down | up");
        }

        Console.WriteLine("ok");
    }
    catch (Exception error) when (error is InvalidOperationException or ArgumentException or FormatException)
    {
        Console.WriteLine(error.Message);
    }
}

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
