using System.Text.Json;

namespace ComplianceGrid.Chaos;

/// <summary>Something that goes wrong, and is put right some seconds later.</summary>
/// <param name="Ends">Null: it is over at once.</param>
internal sealed record Fault(string Kind, string Of, Func<Task> Begins, Func<Task>? Ends)
{
    /// <summary>How long it lasts.</summary>
    public TimeSpan Holds { get; init; } = TimeSpan.FromSeconds(5);

    public override string ToString() => $"{Kind} {Of}".TrimEnd();
}

/// <summary>Faults in an order that follows from the seed: all kinds come before one comes again.</summary>
internal sealed class Faults(ChaosGrid grid, Random random)
{
    private static readonly string[] Kinds = ["kill", "kill", "freeze", "brokers away", "brokers err", "PostgreSQL restarts", "spools full", "link lost", "clock jumps"];
    private static readonly string[] Silos = ["silo-1", "silo-2", "silo-3"];
    private readonly Queue<string> _deck = [];

    public static int KindsCount => Kinds.Length;

    public Fault Next()
    {
        if (_deck.Count == 0)
        {
            var kinds = Kinds.ToArray();
            random.Shuffle(kinds);
            foreach (var kind in kinds) _deck.Enqueue(kind);
        }

        return Of(_deck.Dequeue());
    }

    private Fault Of(string kind)
    {
        var service = Any(ChaosGrid.Services);
        var silo = Any(Silos);
        return kind switch
        {
            "kill" => new(kind, service, () => grid.KillAsync(service), () => grid.StartAsync(service)),
            "freeze" => new(kind, service, () => grid.FreezeAsync(service), () => grid.SendOnAsync(service)),
            "brokers away" => new(kind, "", () => grid.OrderBrokersAsync("down"), () => grid.OrderBrokersAsync("up")),
            "brokers err" => new(kind, "", () => grid.OrderBrokersAsync(string.Create(null, $"fail {random.Next(20, 100)}")), null),
            // The audit database is away, the spools are needed, and have no room: what cannot be put on record is refused.
            "spools full" => new(kind, "", FillSpoolsAsync, EmptySpoolsAsync),
            "PostgreSQL restarts" => new(kind, "", grid.RestartPostgresAsync, null),
            // The others hear nothing of a silo that still reaches PostgreSQL; when it lasts they may have it declared dead there, and it ends itself when it reads so.
            "link lost" => new(kind, $"to {silo}", () => Network.LoseAsync(PortOf(silo)), () => RejoinAsync(silo)) { Holds = TimeSpan.FromSeconds(random.Next(5, 20)) },
            // Set back from ahead, librdkafka's threads sleep until the clock has caught up: by no more than the test can wait.
            "clock jumps" => Jump(kind, random.Next(2) == 0 ? -TimeSpan.FromMinutes(random.Next(1, 60)) : TimeSpan.FromSeconds(random.Next(10, 60))),
            _ => throw new InvalidOperationException(kind),
        };
    }

    private Fault Jump(string kind, TimeSpan ahead) => new(kind, $"of {ChaosGrid.Clocked} by {ahead}", () => grid.SetClockAsync(ahead), () => grid.SetClockAsync(TimeSpan.Zero));

    private async Task FillSpoolsAsync()
    {
        grid.Disk.Fill();
        await grid.RunAsync("postgres", "audit", "stop");
    }

    private async Task EmptySpoolsAsync()
    {
        grid.Disk.Empty();
        await grid.RunAsync("postgres", "audit");
    }

    private async Task RejoinAsync(string silo)
    {
        await Network.FindAsync();
        await grid.StartAsync(silo);
    }

    private string Any(IReadOnlyList<string> of) => of[random.Next(of.Count)];

    private int PortOf(string silo)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(grid.ConfigFile(silo)));
        return json.RootElement.GetProperty("Orleans").GetProperty("SiloPort").GetInt32();
    }
}
