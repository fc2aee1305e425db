using System.Net;

namespace ComplianceGrid.ServiceDefaults.Http;

public static class Addresses
{
    /// <summary>One form for each address, in which it is kept and searched for: IPv4 in its own, whatever socket it came by.</summary>
    public static string Text(this IPAddress address) => (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
}
