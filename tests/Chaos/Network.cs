using System.Diagnostics;
using System.Globalization;

namespace ComplianceGrid.Chaos;

/// <summary>The machine's own packet filter (nftables) between processes of the grid: packets are lost, nobody is told.</summary>
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
        using var nft = Process.Start(new ProcessStartInfo("nft", arguments) { RedirectStandardError = true })!;
        var error = await nft.StandardError.ReadToEndAsync();
        await nft.WaitForExitAsync();
        if (nft.ExitCode != 0) throw new InvalidOperationException($"A link could not be cut (nftables, as root): nft {string.Join(' ', arguments)}: {error}");
    }
}
