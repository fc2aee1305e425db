using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using ComplianceGrid.Audit;
using ComplianceGrid.Gateway.Inbox;
using ComplianceGrid.ServiceDefaults.Http;
using ComplianceGrid.ServiceDefaults.Problems;
using ComplianceGrid.Storage;
using ComplianceGrid.Storage.Inbox;
using Microsoft.Extensions.Options;
using Npgsql;

namespace ComplianceGrid.Gateway.Webhooks.Steps;

/// <summary>Hands the webhook to the group commit and waits until it is durable.</summary>
internal sealed class CommitStep(CommitQueue queue, GatewayVault vault, TimeProvider time, IOptions<IntakeOptions> options) : IWebhookStep
{
    private static readonly Refusal Away = new(GridError.Unavailable, "The webhook could not be stored now. Send again.");

    public async ValueTask<Refusal?> RunAsync(WebhookContext context, CancellationToken ct)
    {
        if (!vault.IsLoaded) return Away;
        var delivery = Delivery(context);
        if (!queue.TryEnqueue(delivery, out var committed))
            return new(GridError.TooManyRequests, "Too many webhooks wait to be stored. Send again later.");
        try
        {
            await committed.WaitAsync(TimeSpan.FromSeconds(options.Value.CommitTimeoutSeconds), time, ct);
            return null;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            return Away; // whether or not it lands in the end: sent again it is a duplicate, and that is a 200
        }
    }

    private WebhookDelivery Delivery(WebhookContext context)
    {
        var (connection, envelope) = (context.KnownConnection, context.Envelope!);
        var id = new WebhookId(connection.Id, envelope.EventId);
        return new(
            id, connection.Tenant, envelope.EventType, envelope.Object, SHA256.HashData(context.Body.Span),
            vault.Seal(context.Body.Span, InboxPayload.ContextOf(id)), Activity.Current?.Id, context.ReceivedAt, envelope.IgnoredBecause,
            Audit(context, Guid.CreateVersion7(context.ReceivedAt)));
    }

    private Func<DeliveryOutcome, AuditEntry> Audit(WebhookContext context, Guid id)
    {
        var (http, connection, envelope) = (context.Http, context.KnownConnection, context.Envelope!);
        var requestId = GridProblems.RequestIdOf(http);
        var address = http.Connection.RemoteIpAddress?.Text();
        var agent = Auditing.AgentText.Of(http.Request.Headers.UserAgent);
        return outcome => new AuditEntry
        {
            Id = id,
            Timestamp = context.ReceivedAt,
            TenantId = connection.Tenant,
            UserId = "vendor:" + connection.Vendor,
            UserRole = "vendor",
            Action = AuditAction.WebhookReceived,
            Resource = "webhooks",
            ResourceId = envelope.EventId,
            IpAddress = address,
            UserAgent = agent,
            RequestId = requestId,
            Details = JsonSerializer.Serialize(new { outcome, type = envelope.EventType, ignored = envelope.IgnoredBecause }, GridJson.Options),
            Success = true,
            DurationMs = (int)(time.GetUtcNow() - context.ReceivedAt).TotalMilliseconds,
        };
    }
}
