using System.Net;
using System.Net.Sockets;

namespace ComplianceGrid.ServiceDefaults.Auditing.Refusals;

public static class SourceNetwork
{
    /// <summary>An IPv4 address, or an IPv6 /64, which one sender holds whole.</summary>
    public static string Of(IPAddress? address)
    {
        if (address is null) return "unknown";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? Convert.ToHexStringLower(address.GetAddressBytes().AsSpan(0, 8))
            : address.ToString();
    }
}
