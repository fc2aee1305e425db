using ComplianceGrid.Audit;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Api.Audit;

/// <summary>What an operator does by a command of this program: on record in the running grid before it is done.</summary>
internal static class OperatorActs
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>An entry to be completed with what is done.</summary>
    public static AuditEntry Entry(string tenant, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        Timestamp = now,
        TenantId = tenant,
        UserId = "operator:" + Environment.UserName,
        UserRole = "operator",
        Action = AuditAction.Update,
        Resource = "operators",
        Success = true,
    };

    /// <summary>In the tenants' logs; where one takes nothing any more, in the system's. Once in a process: the connection to the grid ends with it.</summary>
    public static Task RecordAsync(IServiceProvider services, params IReadOnlyCollection<AuditEntry> entries) => RecordAsync(services, entries, _ => Task.CompletedTask);

    /// <param name="thenAsync">What needs the grid too, once the entries are on record.</param>
    public static async Task RecordAsync(IServiceProvider services, IReadOnlyCollection<AuditEntry> entries, Func<IGrainFactory, Task> thenAsync)
    {
        using var patience = new CancellationTokenSource(Patience);
        var client = services.GetServices<IHostedService>().Single(service => service is IClusterClient); // the server stays off
        try
        {
            await client.StartAsync(patience.Token);
            var grains = services.GetRequiredService<IGrainFactory>();
            foreach (var entry in entries) await AppendAsync(grains, entry);
            await thenAsync(grains);
        }
        finally
        {
            await client.StopAsync(CancellationToken.None);
        }
    }

    private static async Task AppendAsync(IGrainFactory grains, AuditEntry entry)
    {
        if ((await grains.GetGrain<IAuditGrain>(LedgerShards.Of(entry.TenantId)).TryAppend([entry])).IsEmpty) return;
        await grains.GetGrain<IAuditGrain>(LedgerShards.Of(TenantId.System.Value)).Append([entry with { TenantId = TenantId.System.Value }]);
    }
}
