using ComplianceGrid.Api.Audit;
using ComplianceGrid.Api.Grid;
using ComplianceGrid.Api.Http;
using ComplianceGrid.Api.OpenApi;
using ComplianceGrid.Api.Policies;
using ComplianceGrid.Api.Security;
using ComplianceGrid.Orders;
using ComplianceGrid.Storage.Projections.Reads;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Api.Orders;

/// <summary><c>/api/orders</c>: what was ordered from vendors, and what became of it.</summary>
internal static class OrderEndpoints
{
    private const int LongestBody = 8 << 10;
    private const int DefaultServiceDays = 7;

    public static void MapOrders(this IEndpointRouteBuilder app)
    {
        var orders = app.MapGroup("/api/orders").WithTags("Orders");
        orders.MapGet("/", ListAsync).WithName("listOrders").ShowsPhi().Answers(GridError.Invalid)
            .RequirePermission(Permission.OrdersRead);
        orders.MapGet("/{id:guid}", GetAsync).WithName("getOrder").ShowsPhi().Answers(GridError.NotFound)
            .RequirePermission(Permission.OrdersRead);
        orders.MapPost("/", PlaceAsync).WithName("placeOrder").ShowsPhi().Takes(LongestBody).Creates()
            .Answers(GridError.AlreadyExists, GridError.EmploymentEnded)
            .RequirePermission(Permission.OrdersWrite);
    }

    private static async Task<Representation<Page<OrderItem>>> ListAsync([AsParameters] OrderListParameters parameters,
        HttpContext context, OrderReads reads, CursorSeal seal, TimeProvider clock, CancellationToken ct)
    {
        var caller = context.Caller();
        var query = parameters.Read() with { Sites = caller.OnlySites };
        var cursorQuery = OrderCursor.Query(caller, query);
        query = query with { After = seal.Open<OrderPosition>(parameters.Cursor, cursorQuery) };
        var (rows, next) = await reads.ListAsync(caller.Tenant, query, clock.GetUtcNow(), ct);
        context.Audit().Count(rows.Count);
        return Representation.Of(new Page<OrderItem>([.. rows.Select(row => row.For(caller))], seal.Next(next, cursorQuery)));
    }

    private static async Task<Representation<OrderAnswer>> GetAsync(Guid id, HttpContext context, TenantGrains grains)
    {
        var caller = context.Caller();
        var record = await (await grains.OrderSeenAsync(caller, id)).Get();
        return Representation.Of(record.For(caller), record.Revision);
    }

    private static async Task<Representation<OrderAnswer>> PlaceAsync(OrderBody body, HttpContext context, TenantGrains grains, TimeProvider clock)
    {
        Check(body);
        var caller = context.Caller();
        var id = CreationId.Of(context.Request, caller, body.Id, "order", clock);
        context.Audit().About(id);
        await RequireEmployedAsync(grains, caller, body.EmployeeId);
        var order = grains.Order(caller, id);
        var known = CreationId.CanRepeat(context.Request, body.Id) && await Existing.IsAsync(order.Get());
        var record = await order.Place(new PlaceOrder
        {
            Employee = new EmployeeKey(caller.Tenant, body.EmployeeId),
            Vendor = body.Vendor,
            Product = body.Product,
            Item = body.Item,
            ServiceDays = body.ServiceDays ?? DefaultServiceDays,
            Dot = body.Dot,
        });
        if (!known) context.Audit().RidesInGrain();
        return Representation.Created(record.For(caller), record.Revision, $"/api/orders/{id:D}");
    }

    private static async Task RequireEmployedAsync(TenantGrains grains, Caller caller, Guid employee)
    {
        try
        {
            var record = await (await grains.EmployeeSeenAsync(caller, employee)).Get();
            if (record.Profile.EmploymentEndedOn is not null)
                throw new GridException(GridError.EmploymentEnded, "This person's employment has ended; nothing more is ordered for them.");
        }
        catch (GridException none) when (none.Error == GridError.NotFound)
        {
            throw Fields.Refuse("employeeId", "be the id of one of your employees");
        }
    }

    private static void Check(OrderBody body)
    {
        PolicyChecks.Vendor("vendor", body.Vendor);
        Fields.Code("product", body.Product);
        Fields.Code("item", body.Item);
        Fields.Within("serviceDays", body.ServiceDays ?? DefaultServiceDays, 1, 365);
    }
}
