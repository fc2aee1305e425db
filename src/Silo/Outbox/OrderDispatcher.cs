using System.Text.Json;
using ComplianceGrid.Orders;
using ComplianceGrid.Storage;
using ComplianceGrid.Storage.Outbox;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Silo.Outbox;

/// <summary>Places orders that grains asked for. The message's id is the order's id, so a repeat is the same order.</summary>
internal sealed class OrderDispatcher(IGrainFactory grains, OutboxStore store, ILogger<OrderDispatcher> log) : EachDispatcher(store, log)
{
    protected override Task HandOverAsync(OutboxMessage message, CancellationToken ct) =>
        grains.GetGrain<IVendorOrderGrain>(new OrderKey(new(message.Tenant), message.Id).ToString())
            .Place(JsonSerializer.Deserialize<PlaceOrder>(message.Body, GridJson.Options)!);
}
