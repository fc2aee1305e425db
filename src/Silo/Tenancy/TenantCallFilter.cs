using ComplianceGrid.Audit;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Silo.Tenancy;

/// <summary>
/// Refuses a call to a tenant's grain whose request context names another tenant, or none. Holds on its own beside row-level
/// security. Stream deliveries and other grain extensions are the runtime's own and pass: their key comes from the event log.
/// </summary>
internal sealed partial class TenantCallFilter(IGrainFactory grains, TimeProvider clock, ILogger<TenantCallFilter> log) : IIncomingGrainCallFilter
{
    public Task Invoke(IIncomingGrainCallContext context)
    {
        if (!typeof(ITenantGrain).IsAssignableFrom(context.InterfaceMethod.DeclaringType)) return context.Invoke();
        var owner = TenantKeys.TenantOf(context.TargetId.Key.ToString()!);
        return RequestContext.Get(CallContext.Tenant) as string == owner.Value ? context.Invoke() : RefuseAsync(context, owner);
    }

    private async Task RefuseAsync(IIncomingGrainCallContext context, TenantId owner)
    {
        var caller = RequestContext.Get(CallContext.Tenant) as string;
        LogRefused(context.InterfaceName, context.MethodName);
        var now = clock.GetUtcNow();
        var entry = new AuditEntry
        {
            Id = Guid.CreateVersion7(now),
            Timestamp = now,
            TenantId = owner.Value,
            UserId = RequestContext.Get(CallContext.Actor) as string ?? "anonymous",
            UserRole = RequestContext.Get(CallContext.ActorRole) as string ?? "none",
            Action = AuditAction.AccessDenied,
            Resource = $"grains/{context.InterfaceMethod.DeclaringType!.Name}",
            IpAddress = RequestContext.Get(CallContext.IpAddress) as string,
            UserAgent = RequestContext.Get(CallContext.UserAgent) as string,
            RequestId = RequestContext.Get(CallContext.RequestId) as string,
            Details = caller is null ? """{"callerTenant":null}""" : $$"""{"callerTenant":"{{(TenantId.IsValid(caller) ? caller : "malformed")}}"}""",
            Success = false,
            ErrorCode = $"GRID-{(int)GridError.OtherTenant}",
        };
        await grains.GetGrain<IAuditGrain>(LedgerShards.Of(owner.Value)).Append([entry]);
        throw new GridException(GridError.OtherTenant, "The call's tenant is not the record's tenant.");
    }

    [LoggerMessage(300, LogLevel.Warning, "A call of {Interface}.{Method} was refused: its tenant is not the grain's.")]
    private partial void LogRefused(string @interface, string method);
}

internal static class TenantFilterExtensions
{
    public static ISiloBuilder AddTenantFilter(this ISiloBuilder silo) => silo.AddIncomingGrainCallFilter<TenantCallFilter>();
}
