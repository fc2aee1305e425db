using System.Net;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.SplitBrain;

/// <summary>Two silos, each in a network namespace of its own; all else, PostgreSQL too, on the machine that both reach.</summary>
public sealed class SplitGrid() : LocalGrid(silos: 2), IAsyncLifetime
{
    private Namespaces? _network;

    internal Namespaces Network => _network!;

    public override async ValueTask InitializeAsync()
    {
        _network = await Namespaces.CreateAsync();
        var folder = Directory.CreateDirectory(Path.Combine(State, "config")).FullName;
        foreach (var number in new[] { 1, 2 })
        {
            await File.WriteAllTextAsync(Path.Combine(folder, $"silo-{number}.netns"), $"{_network.FileOf(number)} {Namespaces.Address(number)}\n");
            await File.WriteAllTextAsync(Path.Combine(folder, $"silo-{number}.env"), "Metrics__AllowRemote=true\n"); // the test reads them from outside
        }

        await base.InitializeAsync();
    }

    /// <summary>Where clients reach this silo.</summary>
    public IPEndPoint GatewayOf(int silo) => new(Namespaces.Address(silo), Configured($"silo-{silo}", "Orleans").GetProperty("GatewayPort").GetInt32());

    /// <summary>Health and metrics of this silo.</summary>
    public Uri HostOf(int silo) => new UriBuilder(Silo(silo)) { Host = Namespaces.Address(silo).ToString() }.Uri;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_network is not null) await _network.DisposeAsync();
    }
}
