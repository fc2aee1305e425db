using System.Text.Json;
using ComplianceGrid.Employees;
using ComplianceGrid.Integrations;
using ComplianceGrid.Orders;
using ComplianceGrid.Silo.Integrations;
using ComplianceGrid.Storage;
using ComplianceGrid.Storage.Outbox;

namespace ComplianceGrid.Silo.Outbox;

/// <summary>Sends orders to the integrations gateway. Name and address are read from the employee's grain now: the outbox holds keys only.</summary>
internal sealed class VendorRequestDispatcher(IGrainFactory grains, Func<IntegrationsClient> client, OutboxStore store, ILogger<VendorRequestDispatcher> log)
    : EachDispatcher(store, log)
{
    protected override async Task HandOverAsync(OutboxMessage message, CancellationToken ct)
    {
        var request = JsonSerializer.Deserialize<VendorRequest>(message.Body, GridJson.Options)!;
        var person = (await grains.GetGrain<IEmployeeGrain>(request.Employee.ToString()).Get()).Profile;
        await client().PlaceAsync(request.Vendor, new VendorOrderRequest
        {
            OrderKey = request.Order,
            Product = request.Product,
            GivenName = person.GivenName,
            FamilyName = person.FamilyName,
            Email = person.Email ?? "",
            Phone = person.Phone,
            DateOfBirth = person.DateOfBirth,
        }, ct);
    }
}
