using ComplianceGrid.Gateway.Connections;
using ComplianceGrid.Storage.Inbox;

namespace ComplianceGrid.Gateway.Inbox;

/// <summary>Reads at a vendor what a webhook is about. No transaction is open meanwhile.</summary>
internal interface IVendorReader
{
    string Vendor { get; }

    Task<Reading> ReadAsync(LeasedWebhook webhook, ActiveConnection connection, CancellationToken ct);
}

internal abstract record Reading
{
    internal sealed record Matched(VendorFinding Finding) : Reading;

    /// <param name="WaitsFor">The vendor's id that would tell the order.</param>
    internal sealed record Unmatched(string WaitsFor) : Reading;
}
