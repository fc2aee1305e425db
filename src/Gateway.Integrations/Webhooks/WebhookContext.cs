using ComplianceGrid.Gateway.Connections;

namespace ComplianceGrid.Gateway.Webhooks;

/// <summary>One webhook on its way through the intake's steps.</summary>
internal sealed class WebhookContext(HttpContext http, IWebhookVendor vendor, string? connectionId, DateTimeOffset receivedAt)
{
    public HttpContext Http => http;
    public IWebhookVendor Vendor => vendor;
    /// <summary>From the address; null when the body's account id must tell.</summary>
    public string? ConnectionId => connectionId;
    public DateTimeOffset ReceivedAt => receivedAt;
    /// <summary>The exact bytes that were sent: what the signature is over.</summary>
    public ReadOnlyMemory<byte> Body { get; set; }
    public ActiveConnection? Connection { get; set; }
    public WebhookEnvelope? Envelope { get; set; }

    public ActiveConnection KnownConnection => Connection ?? throw new InvalidOperationException("The connection step has not run.");
}
