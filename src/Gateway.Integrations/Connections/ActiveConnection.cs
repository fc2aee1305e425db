namespace ComplianceGrid.Gateway.Connections;

/// <summary>A tenant's account at a vendor with its credentials in clear: in memory only.</summary>
/// <param name="Keys">Newest first. The newest calls the vendor's API; any verifies a webhook.</param>
internal sealed record ActiveConnection(
    string Id, string Tenant, string Vendor, string AccountId, string BaseUrl, IReadOnlyList<byte[]> Keys);
