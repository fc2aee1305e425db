using System.Diagnostics;
using System.Text.Json;
using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Chaos;

/// <summary>Something that goes wrong, and is put right some seconds later.</summary>
/// <param name="Ends">Null: it is over at once.</param>
internal sealed record Fault(string Kind, string Of, Func<Task> Begins, Func<Task>? Ends)
{
    /// <summary>How long it lasts.</summary>
    public TimeSpan Holds { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The service that it strikes; null: it is no matter of those.</summary>
    public string? Strikes { get; init; }

    /// <summary>Whether that may end by it, and is started again while other things go wrong.</summary>
    public bool Returns { get; init; }

    /// <summary>Of which services all must run when it strikes, so that one is left: <c>silo</c>, <c>api</c> or <c>gateway</c>.</summary>
    public string? Among => Strikes?.Split('-')[0];

    public override string ToString() => $"{Kind} {Of}".TrimEnd();
}

/// <summary>
/// Faults that follow from the seed: all kinds come before one comes again. One that strikes a service waits until all others like it run, and lets the next one go
/// first.
/// </summary>
internal sealed class Faults(ChaosGrid grid, Random random, Action<string> note)
{
    private static readonly string[] Kinds = ["kill", "kill", "freeze", "brokers away", "brokers err", "PostgreSQL restarts", "spools full", "link lost", "clock jumps"];
    private static readonly string[] Silos = ["silo-1", "silo-2", "silo-3"];

    private readonly List<Fault> _deck = [];
    private readonly Dictionary<string, Task> _returns = [];

    public async Task<Fault> NextAsync()
    {
        if (_deck.Count == 0)
        {
            var kinds = Kinds.ToArray();
            random.Shuffle(kinds);
            _deck.AddRange(kinds.Select(Of));
        }

        while (true)
        {
            foreach (var (among, back) in _returns.Where(service => service.Value.IsCompleted).ToList())
            {
                _returns.Remove(among);
                await back;
            }

            if (_deck.Find(fault => fault.Among is null || !_returns.ContainsKey(fault.Among)) is { } next)
            {
                _deck.Remove(next);
                return next;
            }

            await Task.WhenAny(_returns.Values);
        }
    }

    /// <summary>Starts again what a fault ended, until it runs, as whoever keeps services running does: what starts while PostgreSQL does, ends once more.</summary>
    public void BringBack(Fault fault, Action whenItRuns) => _returns.Add(fault.Among!, Task.Run(async () =>
    {
        for (var begun = Stopwatch.GetTimestamp(); ; await Task.Delay(TimeSpan.FromSeconds(1)))
        {
            try
            {
                await grid.BringBackAsync(fault.Strikes!);
                whenItRuns();
                return;
            }
            catch (Exception e) when (Stopwatch.GetElapsedTime(begun) < Eventually.Patience && e is (InvalidOperationException or NpgsqlException))
            {
                note($"{fault.Strikes} did not start: {e.Message.Split('\n')[0]}");
            }
        }
    }));

    public Task AllBackAsync() => Task.WhenAll(_returns.Values);

    private Fault Of(string kind)
    {
        var (service, silo) = (Any(ChaosGrid.Services), Any(Silos));
        return kind switch
        {
            "kill" => new(kind, service, () => grid.KillAsync(service), () => Task.CompletedTask) { Strikes = service, Returns = true },
            "freeze" => new(kind, service, () => grid.FreezeAsync(service), () => grid.SendOnAsync(service)) { Strikes = service },
            "brokers away" => new(kind, "", () => grid.OrderBrokersAsync("down"), () => grid.OrderBrokersAsync("up")),
            "brokers err" => new(kind, "", () => grid.OrderBrokersAsync(string.Create(null, $"fail {random.Next(20, 100)}")), null),
            // The audit database is away, the spools are needed, and have no room: what cannot be put on record is refused.
            "spools full" => new(kind, "", FillSpoolsAsync, EmptySpoolsAsync),
            "PostgreSQL restarts" => new(kind, "", grid.RestartPostgresAsync, null),
            // The others hear nothing of a silo that still reaches PostgreSQL; when it lasts they may have it declared dead there, and it ends itself when it reads so.
            "link lost" => new(kind, $"to {silo}", () => Network.LoseAsync(PortOf(silo)), Network.FindAsync) { Strikes = silo, Returns = true, Holds = TimeSpan.FromSeconds(random.Next(5, 20)) },
            "clock jumps" => Jump(kind, TimeSpan.FromMinutes(random.Next(2) == 0 ? -random.Next(1, 60) : random.Next(1, 60))),
            _ => throw new InvalidOperationException(kind),
        };
    }

    /// <summary>The clock is set back once, be it when the fault begins or when it ends: the silo ends itself.</summary>
    private Fault Jump(string kind, TimeSpan ahead) => new(kind, $"of {ChaosGrid.Clocked} by {ahead}", () => grid.SetClockAsync(ahead), async () =>
    {
        await grid.SetClockAsync(TimeSpan.Zero);
        await grid.EndedAsync(ChaosGrid.Clocked, CancellationToken.None);
    })
    { Strikes = ChaosGrid.Clocked, Returns = true };

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

    private string Any(IReadOnlyList<string> of) => of[random.Next(of.Count)];

    private int PortOf(string silo)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(grid.ConfigFile(silo)));
        return json.RootElement.GetProperty("Orleans").GetProperty("SiloPort").GetInt32();
    }
}
