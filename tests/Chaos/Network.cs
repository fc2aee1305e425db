using System.Globalization;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Chaos;

/// <summary>
/// The packet filter (nftables) of the network that <c>./grid</c> gives this program, between processes of the grid: packets are lost, nobody is told.
/// </summary>
internal static class Network
{
    private const string Table = "compliance_grid_chaos";

    /// <summary>From now on nothing comes to this port.</summary>
    /// <exception cref="InvalidOperationException">This machine lets nobody, or not this user, filter packets.</exception>
    public static async Task LoseAsync(int port)
    {
        await NftAsync("add", "table", "inet", Table);
        await NftAsync("add", "chain", "inet", Table, "input", "{ type filter hook input priority 0 ; }");
        await NftAsync("add", "rule", "inet", Table, "input", "tcp", "dport", port.ToString(CultureInfo.InvariantCulture), "drop");
    }

    /// <summary>Everything comes through again, whoever lost it.</summary>
    public static async Task FindAsync()
    {
        await NftAsync("add", "table", "inet", Table); // one that is there stays as it is
        await NftAsync("delete", "table", "inet", Table);
    }

    private static async Task NftAsync(params string[] arguments)
    {
        try
        {
            await Tool.RunAsync("nft", arguments);
        }
        catch (InvalidOperationException refused)
        {
            throw new InvalidOperationException($"The test could not be made: no link can be cut here: {refused.Message}");
        }
    }
}
