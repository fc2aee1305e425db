using System.Net;
using System.Net.Sockets;

namespace ComplianceGrid.TestKit;

/// <summary>
/// Ports for one grid of <c>./grid</c>, or for one test program's own hosts, nobody else's for as long as this is not disposed: they are free for some twenty seconds more, until the hosts
/// are up, and another test program that looks in that time must not take them. One grid's client would ask another grid's Api, and be told, in good
/// faith, that its secrets are none.
/// </summary>
public sealed class PortRange : IDisposable
{
    /// <summary>Ports of one range.</summary>
    internal const int Size = 300;

    private const int First = 21_000, End = 32_000;
    private static readonly int[] Offsets = [0, 1, 10, 11, 15, 16, 21, 22, 23, 101, 102, 103, 151, 152, 201, 202, 203]; // of three silos

    private readonly FileStream _hold;

    private PortRange(int first, FileStream hold) => (Base, _hold) = (first, hold);

    /// <summary>What <c>GRID_PORT_BASE</c> is to be.</summary>
    public int Base { get; }

    /// <exception cref="InvalidOperationException">All are taken.</exception>
    public static PortRange Reserve() =>
        Reserve(Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "compliance-grid-ports-" + Environment.UserName)).FullName); // another's could not be written to

    /// <param name="folder">Of the files by which programs tell each other what is taken.</param>
    internal static PortRange Reserve(string folder)
    {
        for (var candidate = First; candidate < End; candidate += Size)
        {
            if (Hold(Path.Combine(folder, $"{candidate}")) is not { } hold) continue;
            if (Offsets.All(offset => IsFree(candidate + offset))) return new(candidate, hold);
            hold.Dispose();
        }

        throw new InvalidOperationException("No free range of ports.");
    }

    /// <summary>The system lets go of it when this process ends, however it does.</summary>
    public void Dispose() => _hold.Dispose();

    private static FileStream? Hold(string file)
    {
        try
        {
            return new(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null; // somebody else's
        }
    }

    internal static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
