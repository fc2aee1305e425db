using System.Net;
using System.Net.Sockets;

namespace ComplianceGrid.TestKit;

public static class FreePorts
{
    /// <summary>Two ports of this machine's loopback that nobody listened on just now.</summary>
    public static (int Silo, int Gateway) Two()
    {
        using TcpListener a = new(IPAddress.Loopback, 0), b = new(IPAddress.Loopback, 0);
        a.Start();
        b.Start();
        return (((IPEndPoint)a.LocalEndpoint).Port, ((IPEndPoint)b.LocalEndpoint).Port);
    }
}
