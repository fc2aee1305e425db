using ComplianceGrid.VendorSandbox.Checkr;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.VendorSandbox.Control;

/// <summary>How a test or the demo plays the people on the vendor's side. JSON in snake case.</summary>
internal static class ControlEndpoints
{
    public static void MapControl(this IEndpointRouteBuilder app)
    {
        var control = app.MapGroup("/sandbox");
        control.MapGet("/candidates", (CheckrState state) => state.Candidates.Values.OrderBy(c => c.Id, StringComparer.Ordinal));
        control.MapGet("/invitations", (CheckrState state) => state.Invitations.Values.OrderBy(i => i.Id, StringComparer.Ordinal));
        control.MapGet("/reports", (CheckrState state) => state.Reports.Values.OrderBy(r => r.Id, StringComparer.Ordinal));
        control.MapGet("/calls", (CheckrState state) => state.Calls);
        control.MapPost("/invitations/{id}/complete", (string id, CheckrState state) =>
            state.Complete(id) is { } report ? Results.Ok(report) : Results.NotFound());
        control.MapPut("/reports/{id}", (string id, ReportChange change, CheckrState state, TimeProvider time) =>
            Change(id, change, state, time) is { } report ? Results.Ok(report) : Results.NotFound());
        control.MapPost("/failures", (Failures failures, FailurePlan plan) => plan.Add(failures.Count, failures.Mode));
        control.MapDelete("/failures", (FailurePlan plan) => plan.Clear());
        control.MapPost("/webhooks", (WebhookOrder order, IOptions<CheckrAccount> account, TimeProvider time) => Sign(order, account.Value, time.GetUtcNow()));
    }

    private static Report? Change(string id, ReportChange change, CheckrState state, TimeProvider time)
    {
        while (state.Reports.TryGetValue(id, out var report))
        {
            var changed = report with
            {
                Status = change.Status,
                Result = change.Result,
                Assessment = change.Assessment,
                Adjudication = change.Adjudication,
                CompletedAt = change.CompletedAt ?? (change.Status is "complete" or "clear" or "consider" ? report.CompletedAt ?? time.GetUtcNow() : null),
            };
            if (state.Reports.TryUpdate(id, changed, report)) return changed;
        }

        return null;
    }

    private static SignedWebhook Sign(WebhookOrder order, CheckrAccount account, DateTimeOffset now)
    {
        var body = CheckrSigner.Body(account, order.EventId ?? "evt_" + Guid.CreateVersion7(now).ToString("N"), order.Type,
            order.ObjectKind ?? order.Type.Split('.')[0], order.ObjectId, now);
        return new(body, CheckrSigner.Sign(account, body), account.WebhookBaseUrl + "/webhooks/checkr");
    }
}

/// <param name="Status">As the vendor has it: <c>pending</c>, <c>suspended</c>, <c>paused</c>, <c>complete</c>, <c>canceled</c>, <c>dispute</c>.</param>
internal sealed record ReportChange(string Status, string? Result, string? Assessment, string? Adjudication, DateTimeOffset? CompletedAt);

/// <param name="Mode">A status code, or <c>timeout</c>.</param>
internal sealed record Failures(int Count, string Mode);

/// <param name="ObjectKind">Null: the first word of the type.</param>
/// <param name="EventId">Null: a new one.</param>
internal sealed record WebhookOrder(string Type, string ObjectId, string? ObjectKind, string? EventId);

/// <summary>Post the body, byte for byte, with the signature in <c>X-Checkr-Signature</c>.</summary>
internal sealed record SignedWebhook(string Body, string Signature, string Url);
