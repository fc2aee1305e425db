using ComplianceGrid.Api.Audit;
using ComplianceGrid.Api.Grid;
using ComplianceGrid.Api.Http;
using ComplianceGrid.Api.OpenApi;
using ComplianceGrid.Api.Security;
using ComplianceGrid.Employees;
using ComplianceGrid.Storage.Projections.Reads;

namespace ComplianceGrid.Api.Employees;

/// <summary><c>/api/employees</c>: lists read the projection, everything else asks the employee's grain.</summary>
internal static class EmployeeEndpoints
{
    private const int LongestBody = 16 << 10;

    public static void AddEmployees(this IServiceCollection services) =>
        services.AddSingleton<LocalDay>().AddSingleton<Clearances>().AddSingleton<PurposeOfUse>();

    public static void MapEmployees(this IEndpointRouteBuilder app)
    {
        var employees = app.MapGroup("/api/employees").WithTags("Employees");
        employees.MapGet("/", ListAsync).WithName("listEmployees").ShowsPhi().Answers(GridError.Invalid)
            .RequirePermission(Permission.EmployeesRead);
        employees.MapPost("/", HireAsync).WithName("hireEmployee").ShowsPhi().Takes(LongestBody).Creates().Answers(GridError.AlreadyExists)
            .RequirePermission(Permission.EmployeesWrite);
        employees.MapGet("/{id:guid}", GetAsync).WithName("getEmployee").ShowsPhi().Answers(GridError.NotFound)
            .RequirePermission(Permission.EmployeesRead, own: Permission.EmployeesReadOwn);
        employees.MapPut("/{id:guid}", UpdateAsync).WithName("updateEmployee").ShowsPhi().Takes(LongestBody).IsConditional()
            .Answers(GridError.NotFound, GridError.AlreadyExists, GridError.EmploymentEnded)
            .RequirePermission(Permission.EmployeesWrite);
        employees.MapDelete("/{id:guid}", EndEmploymentAsync).WithName("endEmployment").ShowsPhi().IsConditional()
            .Answers(GridError.NotFound, GridError.Invalid, GridError.EmploymentEnded)
            .RequirePermission(Permission.EmployeesEnd);
        employees.MapPost("/{id:guid}/waivers", WaiveAsync).WithName("waiveRequirement").ShowsPhi().Takes(LongestBody).IsConditional()
            .Answers(GridError.NotFound, GridError.EmploymentEnded)
            .RequirePermission(Permission.WaiversApprove);
    }

    private static async Task<Representation<Page<EmployeeItem>>> ListAsync([AsParameters] EmployeeListParameters parameters,
        HttpContext context, EmployeeReads reads, CursorSeal seal, TimeProvider clock, CancellationToken ct)
    {
        var caller = context.Caller();
        var query = parameters.Read() with { Sites = caller.OnlySites };
        var cursorQuery = EmployeeCursor.Query(caller, query);
        query = query with { After = seal.Open<EmployeePosition>(parameters.Cursor, cursorQuery) };
        var (rows, next) = await reads.ListAsync(caller.Tenant, query, clock.GetUtcNow(), ct);
        context.Audit().Count(rows.Count);
        return Representation.Of(new Page<EmployeeItem>([.. rows.Select(row => row.For(caller))], seal.Next(next, cursorQuery)));
    }

    private static async Task<Representation<EmployeeAnswer>> HireAsync(HireBody body, HttpContext context, TenantGrains grains, TimeProvider clock)
    {
        EmployeeChecks.Check(body);
        var caller = context.Caller();
        EmployeeChecks.CheckSite(body, caller);
        var id = CreationId.Of(context.Request, caller, body.Id, "employee", clock);
        context.Audit().About(id);
        var employee = grains.Employee(caller, id);
        var known = CreationId.CanRepeat(context.Request, body.Id) && await Existing.IsAsync(employee.Get());
        var record = await employee.Hire(body.ToProfile());
        if (!known) context.Audit().RidesInGrain(); // a repeat saves nothing, so it is on record here
        return Representation.Created(record.For(caller), record.Revision, $"/api/employees/{id:D}");
    }

    private static async Task<Representation<EmployeeAnswer>> GetAsync(Guid id, HttpContext context, TenantGrains grains)
    {
        var caller = context.Caller();
        return Answer(await (await grains.EmployeeSeenAsync(caller, id)).Get(), caller);
    }

    private static async Task<Representation<EmployeeAnswer>> UpdateAsync(Guid id, EmployeeBody body, HttpContext context, TenantGrains grains)
    {
        var caller = context.Caller();
        var employee = await grains.EmployeeSeenAsync(caller, id);
        var expected = await context.Request.ExpectedRevisionAsync(async () => (await employee.Get()).Revision);
        EmployeeChecks.Check(body);
        EmployeeChecks.CheckSite(body, caller);
        return Changed(await employee.Update(body.ToProfile(), expected), expected, context, caller);
    }

    private static async Task<Representation<EmployeeAnswer>> EndEmploymentAsync(
        Guid id, string? lastDay, HttpContext context, TenantGrains grains, LocalDay today)
    {
        var caller = context.Caller();
        var employee = await grains.EmployeeSeenAsync(caller, id);
        var day = Fields.Date("lastDay", lastDay);
        var expected = await context.Request.ExpectedRevisionAsync(async () => (await employee.Get()).Revision);
        day ??= await today.AtAsync(caller.Tenant, (await employee.Get()).Profile, context.RequestAborted);
        return Changed(await employee.EndEmployment(day.Value, expected), expected, context, caller);
    }

    private static async Task<Representation<EmployeeAnswer>> WaiveAsync(Guid id, WaiverBody body, HttpContext context, TenantGrains grains)
    {
        var caller = context.Caller();
        var employee = await grains.EmployeeSeenAsync(caller, id);
        var expected = await context.Request.ExpectedRevisionAsync(async () => (await employee.Get()).Revision);
        EmployeeChecks.Check(body);
        var waiver = new Waiver { Requirement = body.Requirement, RequestedBy = body.RequestedBy, ApprovedBy = caller.User, Until = body.Until };
        return Changed(await employee.Waive(waiver, expected), expected, context, caller);
    }

    private static Representation<EmployeeAnswer> Changed(EmployeeRecord record, long expected, HttpContext context, Caller caller)
    {
        if (record.Revision != expected) context.Audit().RidesInGrain(); // a change that saved nothing is on record here
        return Answer(record, caller);
    }

    private static Representation<EmployeeAnswer> Answer(EmployeeRecord record, Caller caller) =>
        Representation.Of(record.For(caller), record.Revision);
}
