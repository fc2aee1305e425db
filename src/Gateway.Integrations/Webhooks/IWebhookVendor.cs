using ComplianceGrid.Storage.Inbox;

namespace ComplianceGrid.Gateway.Webhooks;

/// <summary>What is a vendor's own about its webhooks: how they are signed and what their envelope is.</summary>
internal interface IWebhookVendor
{
    /// <summary>As in the address and in <c>vendor_connection.vendor</c>.</summary>
    string Name { get; }

    /// <summary>The account that the body says it is from, read before the signature is checked: good only to find the keys by.</summary>
    string? FindAccountId(ReadOnlySpan<byte> body);

    /// <summary>Whether the signature fits the body under any of the keys.</summary>
    bool IsSigned(IHeaderDictionary headers, ReadOnlySpan<byte> body, IReadOnlyList<byte[]> keys);

    /// <summary>Null: not this vendor's envelope.</summary>
    WebhookEnvelope? Parse(ReadOnlyMemory<byte> body);
}

/// <param name="IgnoredBecause">Why the event needs no work; null: it does.</param>
internal sealed record WebhookEnvelope(string EventId, string EventType, VendorObject Object, string? IgnoredBecause);
