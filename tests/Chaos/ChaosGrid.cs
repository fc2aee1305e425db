using ComplianceGrid.Cluster.Processes;
using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Chaos;

/// <summary>Three silos, two Apis, two gateways, events over Kafka; one of the silos by a clock that the test sets.</summary>
public sealed class ChaosGrid() : LocalGrid(silos: 3, apis: 2, gateways: 2, streams: "kafka", patience: null), IAsyncLifetime
{
    /// <summary>Whose clock it is.</summary>
    public const string Clocked = "silo-3";

    private static string FakeTime => Environment.GetEnvironmentVariable("LIBFAKETIME") ?? throw new InvalidOperationException("Start the test by ./grid, which knows where libfaketime is.");

    private static readonly string[] Silos = ["silo-1", "silo-2", "silo-3"];

    public static IReadOnlyList<string> Services { get; } = [.. Silos, "api", "api-2", "gateway", "gateway-2"];

    /// <summary>Those that have a spool.</summary>
    private static readonly string[] Spoolers = ["api", "api-2", "gateway", "gateway-2"];

    private string Clock => Path.Combine(State, "clock");

    public override async ValueTask InitializeAsync()
    {
        if (!File.Exists(FakeTime)) throw new InvalidOperationException("The clock of a process cannot be set: package 'libfaketime' is missing.");
        await Network.FindAsync(); // whether it can be, before all else
        await SetClockAsync(TimeSpan.Zero);
        Directory.CreateDirectory(Path.Combine(State, "config"));
        foreach (var silo in Silos) // an event that got lost on its way is published again while the test still waits for it
            await File.WriteAllTextAsync(Path.Combine(State, "config", silo + ".env"), "Streams__Kafka__StuckAfter=00:00:45\n");
        await File.AppendAllLinesAsync(Path.Combine(State, "config", Clocked + ".env"),
        [
            $"LD_PRELOAD={FakeTime}",
            $"FAKETIME_TIMESTAMP_FILE={Clock}",
            "FAKETIME_CACHE_DURATION=1", // it looks at the file each second
            "FAKETIME_DONT_FAKE_MONOTONIC=1", // a clock that is set, not time that passes
            "FAKETIME_FORCE_MONOTONIC_FIX=0",
        ]);
        foreach (var service in Spoolers) // small files, so that one is full, and the next one needed, before the fault is over
            await File.WriteAllTextAsync(Path.Combine(State, "config", service + ".env"), $"AuditSpool__SegmentBytes={64 << 10}\n");
        await Disk.MountAsync();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await Disk.UnmountAsync();
        await base.DisposeAsync();
    }

    public Task SetClockAsync(TimeSpan ahead) => File.WriteAllTextAsync(Clock, string.Create(null, $"{(long)ahead.TotalSeconds:+0;-0;+0}\n"));

    /// <summary>Where all spools are.</summary>
    public SmallDisk Disk => field ??= new(Path.Combine(State, "spool"));

    /// <summary>Starts a service that has ended, or is about to: a silo that was declared dead while it ran ends by itself when it reads so.</summary>
    public async Task BringBackAsync(string service)
    {
        await using var database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(await SuperuserAsync("grid")) { Pooling = false });
        if (await Membership.IsDeadAsync(database, service, CancellationToken.None)) await EndedAsync(service, CancellationToken.None);
        await StartAsync(service);
    }

    /// <summary>What the stand-in for the brokers is to do: <c>down</c>, <c>up</c>, <c>fail COUNT</c>.</summary>
    public Task OrderBrokersAsync(string order) => File.AppendAllTextAsync(Path.Combine(State, "run", "kafka.in"), order + "\n");
}
