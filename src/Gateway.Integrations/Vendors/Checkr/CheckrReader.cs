using System.Diagnostics;
using ComplianceGrid.Gateway.Connections;
using ComplianceGrid.Gateway.Inbox;
using ComplianceGrid.Storage.Inbox;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Gateway.Vendors.Checkr;

/// <summary>Works a webhook by reading its object anew: the webhook is only a hint that something changed.</summary>
internal sealed class CheckrReader(Func<CheckrClient> client, VendorReferences references) : IVendorReader
{
    public string Vendor => CheckrApi.Vendor;

    public Task<Reading> ReadAsync(LeasedWebhook webhook, ActiveConnection connection, CancellationToken ct) =>
        webhook.Object.Kind == CheckrApi.Report ? ReadReportAsync(webhook, connection, ct) : ReadInvitationAsync(webhook, connection, ct);

    private async Task<Reading> ReadReportAsync(LeasedWebhook webhook, ActiveConnection connection, CancellationToken ct)
    {
        var report = await client().GetReportAsync(connection, webhook.Object.Id, ct);
        return await MatchAsync(webhook, report.Id, report.CandidateId, (order, version) => CheckrAdapter.OfReport(webhook, order, report, version), ct);
    }

    private async Task<Reading> ReadInvitationAsync(LeasedWebhook webhook, ActiveConnection connection, CancellationToken ct)
    {
        var invitation = await client().GetInvitationAsync(connection, webhook.Object.Id, ct);
        return await MatchAsync(webhook, invitation.Id, invitation.CandidateId, (order, version) => CheckrAdapter.OfInvitation(webhook, order, invitation, version), ct);
    }

    /// <summary>By the object's own id, else by its candidate's; the object is remembered then.</summary>
    private async Task<Reading> MatchAsync(
        LeasedWebhook webhook, string id, string? candidate, Func<OrderKey, long, Events.ComplianceEvent> adapt, CancellationToken ct)
    {
        if (id != webhook.Object.Id) throw new VendorException(0, "checkr answered with another object.");
        var connection = webhook.Webhook.Connection;
        IReadOnlyList<VendorObject> things = candidate is null ? [webhook.Object] : [webhook.Object, new(CheckrApi.Candidate, candidate)];
        if (await references.FindOrderAsync(connection, things, ct) is not var (order, known)) return new Reading.Unmatched(candidate ?? id);

        var key = new OrderKey(new(webhook.Tenant), order);
        var trace = Activity.Current?.Id ?? webhook.TraceParent; // the event is made when the transaction has its version
        IReadOnlyList<VendorObject> remember = known == webhook.Object ? [] : [webhook.Object];
        return new Reading.Matched(new(connection, webhook.Tenant, order, webhook.Object, remember, version => adapt(key, version) with { TraceParent = trace }));
    }
}
