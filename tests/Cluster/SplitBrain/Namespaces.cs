using System.Net;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Cluster.SplitBrain;

/// <summary>
/// Two network namespaces on one bridge, as two machines on one switch. The link between them can be cut, silently as a broken cable cuts it,
/// while both go on reaching this machine. The names are this suite's own; what a killed run left is removed first.
/// </summary>
internal sealed class Namespaces : IAsyncDisposable
{
    private const string Bridge = "gridsplit";
    private static readonly string[] Names = ["gridsplit-1", "gridsplit-2"];

    private Namespaces()
    {
    }

    /// <exception cref="InvalidOperationException">This machine lets nobody, or not this user, make network namespaces.</exception>
    public static async Task<Namespaces> CreateAsync()
    {
        if (Environment.UserName != "root") throw new InvalidOperationException("The test of a split brain could not be made: it cuts two network namespaces from one another, which needs root.");
        var network = new Namespaces();
        await network.RemoveAsync();
        await IpAsync("link", "add", Bridge, "type", "bridge");
        await IpAsync("address", "add", "198.18.77.254/24", "dev", Bridge); // of RFC 2544: nobody's network
        await IpAsync("link", "set", Bridge, "up");
        foreach (var number in new[] { 1, 2 }) await network.PlugInAsync(number);
        return network;
    }

    public static string Name(int number) => Names[number - 1];

    public static IPAddress Address(int number) => IPAddress.Parse($"198.18.77.{number}");

    /// <summary>Nothing comes from one to the other any more; nobody is told.</summary>
    public Task CutAsync() => IsolateAsync("on");

    public Task JoinAsync() => IsolateAsync("off");

    public async ValueTask DisposeAsync() => await RemoveAsync();

    private async Task PlugInAsync(int number)
    {
        await IpAsync("netns", "add", Name(number));
        await IpAsync("link", "add", Port(number), "type", "veth", "peer", "name", "eth0", "netns", Name(number));
        await IpAsync("link", "set", Port(number), "master", Bridge, "up");
        await IpAsync("-n", Name(number), "address", "add", $"{Address(number)}/24", "dev", "eth0");
        foreach (var device in new[] { "lo", "eth0" }) await IpAsync("-n", Name(number), "link", "set", device, "up");
    }

    // Isolated ports of a bridge reach the bridge and not one another.
    private async Task IsolateAsync(string isolated)
    {
        foreach (var number in new[] { 1, 2 }) await IpAsync("link", "set", Port(number), "type", "bridge_slave", "isolated", isolated);
    }

    private async Task RemoveAsync()
    {
        var there = (await IpAsync("netns", "list")).Split('\n').Select(line => line.Split(' ')[0]).ToHashSet();
        foreach (var name in Names.Where(there.Contains)) await IpAsync("netns", "delete", name); // its end of the link goes, and so does ours
        if (Directory.Exists("/sys/class/net/" + Bridge)) await IpAsync("link", "delete", Bridge);
    }

    private static string Port(int number) => $"{Bridge}-p{number}";

    private static async Task<string> IpAsync(params string[] arguments)
    {
        try
        {
            return await Tool.RunAsync("ip", arguments);
        }
        catch (InvalidOperationException refused)
        {
            throw new InvalidOperationException($"The test of a split brain could not be made: {refused.Message}");
        }
    }
}
