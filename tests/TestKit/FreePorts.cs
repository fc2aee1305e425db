namespace ComplianceGrid.TestKit;

/// <summary>Ports of this machine's loopback out of a range that is this process's alone: nobody takes one between its being named and its being listened on.</summary>
public static class FreePorts
{
    private static readonly PortRange Own = PortRange.Reserve();
    private static int _named;

    public static int One()
    {
        for (var tries = 0; tries < PortRange.Size; tries++)
        {
            var port = Own.Base + Interlocked.Increment(ref _named) % PortRange.Size;
            if (PortRange.IsFree(port)) return port;
        }

        throw new InvalidOperationException("No free port.");
    }

    public static (int Silo, int Gateway) Two() => (One(), One());
}
