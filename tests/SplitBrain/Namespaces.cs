using System.Net;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.SplitBrain;

/// <summary>
/// Two network namespaces on one bridge, as two machines on one switch. The link between them can be cut, silently as a broken cable cuts it,
/// while both go on reaching this program. All of it belongs to the network that <c>./grid test</c> gives this program, and goes with that one.
/// </summary>
internal sealed class Namespaces : IAsyncDisposable
{
    private const string Bridge = "gridsplit";
    private static readonly int[] Numbers = [1, 2];

    private readonly string _folder = Directory.CreateTempSubdirectory("grid-split-").FullName;

    private Namespaces()
    {
    }

    /// <exception cref="InvalidOperationException">This machine lets nobody, or not this user, make network namespaces.</exception>
    public static async Task<Namespaces> CreateAsync()
    {
        var network = new Namespaces();
        foreach (var number in Numbers)
        {
            await File.Create(network.FileOf(number)).DisposeAsync();
            await MakeAsync("unshare", $"--net={network.FileOf(number)}", "true"); // it stays for as long as its file has it
        }

        await MakeAsync("ip", "link", "add", Bridge, "type", "bridge");
        await MakeAsync("ip", "address", "add", "198.18.77.254/24", "dev", Bridge); // of RFC 2544: nobody's network
        await MakeAsync("ip", "link", "set", Bridge, "up");
        foreach (var number in Numbers) await network.PlugInAsync(number);
        return network;
    }

    /// <summary>By which <c>nsenter</c> knows it.</summary>
    public string FileOf(int number) => Path.Combine(_folder, $"{number}");

    public static IPAddress Address(int number) => IPAddress.Parse($"198.18.77.{number}");

    /// <summary>Nothing comes from one to the other any more; nobody is told.</summary>
    public Task CutAsync() => IsolateAsync("on");

    public Task JoinAsync() => IsolateAsync("off");

    public async ValueTask DisposeAsync()
    {
        await MakeAsync("ip", "link", "delete", Bridge);
        foreach (var number in Numbers) await MakeAsync("umount", FileOf(number)); // its end of the link goes with it, and so does ours
        Directory.Delete(_folder, recursive: true);
    }

    private async Task PlugInAsync(int number)
    {
        await MakeAsync("ip", "link", "add", Port(number), "type", "veth", "peer", "name", "eth0", "netns", FileOf(number));
        await MakeAsync("ip", "link", "set", Port(number), "master", Bridge, "up");
        await InsideAsync(number, "address", "add", $"{Address(number)}/24", "dev", "eth0");
        foreach (var device in new[] { "lo", "eth0" }) await InsideAsync(number, "link", "set", device, "up");
    }

    private Task InsideAsync(int number, params string[] ip) => MakeAsync("nsenter", [$"--net={FileOf(number)}", "ip", .. ip]);

    // Isolated ports of a bridge reach the bridge and not one another.
    private static async Task IsolateAsync(string isolated)
    {
        foreach (var number in Numbers) await MakeAsync("ip", "link", "set", Port(number), "type", "bridge_slave", "isolated", isolated);
    }

    private static string Port(int number) => $"{Bridge}-p{number}";

    private static async Task MakeAsync(string program, params string[] arguments)
    {
        try
        {
            await Tool.RunAsync(program, arguments);
        }
        catch (InvalidOperationException refused)
        {
            throw new InvalidOperationException($"The test of a split brain could not be made: {refused.Message}");
        }
    }
}
