using ComplianceGrid.Employees;
using ComplianceGrid.Orders;
using ComplianceGrid.Policies;
using ComplianceGrid.Storage.Sweeps;
using ComplianceGrid.Tenancy;
using Quartz;

namespace ComplianceGrid.Silo.Sweeps;

/// <summary>Wakes exactly the grains that are due: whose time has come, or who were evaluated with an older policy.</summary>
[DisallowConcurrentExecution]
internal sealed partial class DueSweepJob(DueGrains due, IGrainFactory grains, TimeProvider time, ILogger<DueSweepJob> log) : IJob
{
    private const int Batch = 500;
    private const int AtOnce = 16;

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        await WakeAsync(() => due.DueAsync(time.GetUtcNow(), Batch, cancellationToken), cancellationToken);
        await WakeAsync(() => due.BehindPolicyAsync(Batch, cancellationToken), cancellationToken);
    }

    /// <summary>Batch by batch, until one is not full or has not woken anybody.</summary>
    private async Task WakeAsync(Func<Task<IReadOnlyList<DueGrain>>> read, CancellationToken ct)
    {
        IReadOnlyList<DueGrain> batch;
        int woken;
        do
        {
            batch = await read();
            woken = 0;
            await Parallel.ForEachAsync(batch, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct }, async (grain, _) =>
            {
                if (await TryWakeAsync(grain)) Interlocked.Increment(ref woken);
            });
        }
        while (batch.Count == Batch && woken > 0);
    }

    private async Task<bool> TryWakeAsync(DueGrain grain)
    {
        RequestContext.Set(CallContext.Tenant, TenantKeys.TenantOf(grain.Key).Value);
        RequestContext.Set(CallContext.Actor, "system:sweep");
        RequestContext.Set(CallContext.ActorRole, "system");
        try
        {
            await (grain.StateName switch
            {
                "employee" => grains.GetGrain<IEmployeeGrain>(grain.Key).Refresh(),
                "order" => grains.GetGrain<IVendorOrderGrain>(grain.Key).Refresh(),
                "policy" => grains.GetGrain<ITenantPolicyGrain>(grain.Key).Refresh(),
                _ => throw new InvalidOperationException("No grain has this state name."),
            });
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFailed(e, grain.StateName, grain.Key); // it stays due: the next sweep tries again
            return false;
        }
    }

    [LoggerMessage(320, LogLevel.Warning, "The grain {StateName} {Key} could not be refreshed.")]
    private partial void LogFailed(Exception e, string stateName, string key);
}
