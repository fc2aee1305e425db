using System.Diagnostics.Metrics;
using ComplianceGrid.Employees;
using ComplianceGrid.Identity;
using ComplianceGrid.Orders;
using ComplianceGrid.Policies;
using ComplianceGrid.Silo.Jobs;
using ComplianceGrid.Storage.Sweeps;
using ComplianceGrid.Tenancy;
using Quartz;

namespace ComplianceGrid.Silo.Sweeps;

/// <summary>Wakes exactly the grains that are due: whose time has come, or who were evaluated with an older policy.</summary>
[DisallowConcurrentExecution, PersistJobDataAfterExecution]
internal sealed partial class DueSweepJob(DueGrains due, IGrainFactory grains, TimeProvider time, ILogger<DueSweepJob> log) : IJob
{
    private const int Batch = 500;
    private const int AtOnce = 16;
    private static readonly Meter Meter = new("ComplianceGrid.Silo");
    private static readonly Counter<long> Grains = Meter.CreateCounter<long>("grid.sweep.grains", description: "Due grains that the sweep woke, or failed to");

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        var timely = await WakeAsync(() => due.DueAsync(time.GetUtcNow(), Batch, cancellationToken), cancellationToken);
        var behind = await WakeAsync(() => due.BehindPolicyAsync(Batch, cancellationToken), cancellationToken);
        // One grain that cannot be woken does not make a sweep bad; none that can does.
        if (timely.Failed + behind.Failed == 0 || timely.Woken + behind.Woken > 0) context.EndedWell(time);
    }

    /// <summary>Batch by batch, until one is not full or has not woken anybody.</summary>
    private async Task<(int Woken, int Failed)> WakeAsync(Func<Task<IReadOnlyList<DueGrain>>> read, CancellationToken ct)
    {
        var (allWoken, allFailed) = (0, 0);
        int count, woken;
        do
        {
            var batch = await read();
            (count, woken) = (batch.Count, 0);
            await Parallel.ForEachAsync(batch, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct }, async (grain, _) =>
            {
                if (await TryWakeAsync(grain)) Interlocked.Increment(ref woken);
            });
            (allWoken, allFailed) = (allWoken + woken, allFailed + count - woken);
            Count(woken, "woken");
            Count(count - woken, "failed");
        }
        while (count == Batch && woken > 0);
        return (allWoken, allFailed);
    }

    private static void Count(int grains, string outcome)
    {
        if (grains > 0) Grains.Add(grains, new KeyValuePair<string, object?>("outcome", outcome));
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
                "sign-in" => grains.GetGrain<ISignInGuardGrain>(grain.Key).Refresh(),
                "sign-in-address" => grains.GetGrain<IAddressGuardGrain>(grain.Key).Refresh(),
                "session" => grains.GetGrain<ISessionGrain>(grain.Key).Refresh(),
                "account" => grains.GetGrain<IAccountGrain>(grain.Key).Refresh(),
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
