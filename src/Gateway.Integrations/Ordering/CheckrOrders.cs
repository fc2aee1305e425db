using System.Diagnostics;
using System.Text.Json;
using ComplianceGrid.Audit;
using ComplianceGrid.Gateway.Connections;
using ComplianceGrid.Gateway.Vendors;
using ComplianceGrid.Gateway.Vendors.Checkr;
using ComplianceGrid.Integrations;
using ComplianceGrid.Storage;
using ComplianceGrid.Storage.Inbox;
using ComplianceGrid.Storage.Outbox;

namespace ComplianceGrid.Gateway.Ordering;

/// <summary>
/// Places an order at Checkr: candidate, invitation, then one transaction with the references and the milestone. Killed in
/// between, the repeat sends the same idempotency keys, is given the same candidate and invitation, and commits.
/// </summary>
internal sealed class CheckrOrders(
    ConnectionDirectory directory, VendorReferences references, VendorEvents events, Func<CheckrClient> client, TimeProvider time)
{
    /// <returns>Whether it was placed now, and the vendor's invitation.</returns>
    /// <exception cref="GridException">The tenant has no account there, or the vendor refuses the order.</exception>
    public async Task<(bool Placed, VendorOrderAccepted Order)> PlaceAsync(VendorOrderRequest request, string requestId, CancellationToken ct)
    {
        var order = request.OrderKey;
        if (await references.FindByOrderAsync(order.Tenant.Value, order.Order, CheckrApi.Invitation, ct) is { } before)
            return (false, Accepted(request, before.ExternalId));
        var connection = await directory.FindByTenantAsync(CheckrApi.Vendor, order.Tenant.Value, ct)
            ?? throw new GridException(GridError.UnknownConnection, "The tenant has no account at this vendor.");

        var (candidate, invitation) = await InviteAsync(connection, request, ct);
        var now = time.GetUtcNow();
        var finding = new VendorFinding(connection.Id, order.Tenant.Value, order.Order, new(CheckrApi.Invitation, invitation.Id),
            [new(CheckrApi.Candidate, candidate.Id), new(CheckrApi.Invitation, invitation.Id)],
            version => CheckrAdapter.OfInvitationSent(connection.Id, order, invitation.Id, now, Activity.Current?.Id, version));
        var placed = await events.RecordOrderAsync(finding, Audit(request, requestId, now), Activity.Current?.Id, ct);
        await references.ReopenAsync(connection.Id, [candidate.Id, invitation.Id], ct); // webhooks that were faster than this commit
        return (placed, Accepted(request, invitation.Id));
    }

    /// <summary>The order's id makes both keys; the two calls need different ones, since a vendor ties a key to one request.</summary>
    private async Task<(CheckrCandidate Candidate, CheckrInvitation Invitation)> InviteAsync(
        ActiveConnection connection, VendorOrderRequest request, CancellationToken ct)
    {
        var key = request.OrderKey.Order.ToString("D");
        try
        {
            var candidate = await client().CreateCandidateAsync(connection, new()
            {
                Email = request.Email,
                FirstName = request.GivenName,
                LastName = request.FamilyName,
                Phone = request.Phone,
                Dob = request.DateOfBirth,
            }, key + ".candidate", ct);
            var invitation = await client().CreateInvitationAsync(
                connection, new() { Package = request.Product, CandidateId = candidate.Id }, key + ".invitation", ct);
            return (candidate, invitation);
        }
        catch (VendorException e) when (e.IsRefusal)
        {
            throw new GridException(GridError.Invalid, "The vendor does not accept the order: check the product and the person's data.");
        }
        catch (VendorException)
        {
            throw new GridException(GridError.Unavailable, "The vendor does not answer as it should. Try again.");
        }
    }

    private static VendorOrderAccepted Accepted(VendorOrderRequest request, string invitation) =>
        new() { OrderKey = request.OrderKey, Vendor = CheckrApi.Vendor, ExternalId = invitation };

    private static AuditEntry Audit(VendorOrderRequest request, string requestId, DateTimeOffset now) => new()
    {
        Id = DerivedId.Of(CheckrApi.Vendor, request.OrderKey.ToString(), "order-placed-audit"),
        Timestamp = now,
        TenantId = request.OrderKey.Tenant.Value,
        UserId = "system:silo",
        UserRole = "service",
        Action = AuditAction.Create,
        Resource = "vendor-orders",
        ResourceId = request.OrderKey.Order.ToString("D"),
        RequestId = requestId,
        Details = JsonSerializer.Serialize(new { vendor = CheckrApi.Vendor, product = request.Product }, GridJson.Options),
        Success = true,
    };
}
