using System.Collections.Immutable;
using ComplianceGrid.Employees;
using ComplianceGrid.Policies;
using ComplianceGrid.ServiceDefaults.Wire;
using ComplianceGrid.Status;
using ComplianceGrid.Tenancy;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace ComplianceGrid.Benchmarks.Grid;

/// <summary>An Orleans client in this process, calling as one tenant.</summary>
internal sealed class GridCaller(IHost host, TenantId tenant) : IAsyncDisposable
{
    public static async Task<GridCaller> ConnectAsync(GridUnderTest grid, string tenant, CancellationToken ct)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Configuration.AddJsonFile(grid.ConfigFile("api")); // with its certificate: a silo talks to nobody else
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = ("grid", "compliance-grid"));
            client.UseAdoNetClustering(o => (o.Invariant, o.ConnectionString) = ("Npgsql", grid.Connection("api", "Orleans")));
            client.UseGridWire(builder);
        });
        var host = builder.Build();
        await host.StartAsync(ct);
        return new(host, new(tenant));
    }

    /// <summary>Orleans' own, for what it tells of silos.</summary>
    public IManagementGrain Management => host.Services.GetRequiredService<IClusterClient>().GetGrain<IManagementGrain>(0);

    public EmployeeKey KeyOf(Guid employee) => new(tenant, employee);

    public IEmployeeGrain Employee(EmployeeKey key)
    {
        RequestContext.Set(CallContext.Tenant, tenant.Value);
        RequestContext.Set(CallContext.Actor, "bench");
        return host.Services.GetRequiredService<IClusterClient>().GetGrain<IEmployeeGrain>(key.ToString());
    }

    /// <summary>One requirement: a background check, ordered at hire when a vendor is named.</summary>
    public async Task PublishPolicyAsync(OrderTemplate? order)
    {
        RequestContext.Set(CallContext.Tenant, tenant.Value);
        RequestContext.Set(CallContext.Actor, "bench");
        await host.Services.GetRequiredService<IClusterClient>().GetGrain<ITenantPolicyGrain>(tenant.Value).Publish(new()
        {
            DefaultTimeZone = "America/Chicago",
            Sites = [new() { Code = "dallas", Name = "Dallas", TimeZone = "America/Chicago" }],
            Requirements = [new() { Code = "background-check", Title = "background check", Item = "background-check", Gate = Gate.BeforeWork, Order = order }],
        }, 0);
    }

    /// <summary>Hires people with numbers for names.</summary>
    /// <param name="from">The first number.</param>
    public async Task<ImmutableArray<EmployeeKey>> HireAsync(int people, CancellationToken ct, int from = 0)
    {
        var keys = Enumerable.Range(0, people).Select(_ => KeyOf(Guid.CreateVersion7(TimeProvider.System.GetUtcNow()))).ToImmutableArray();
        await Parallel.ForAsync(0, people, new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = ct }, async (i, _) =>
            await Employee(keys[i]).Hire(Profile(from + i)));
        return keys;
    }

    /// <summary>Of somebody with a number for a name.</summary>
    public static EmployeeProfile Profile(int number) => new()
    {
        EmployeeNumber = $"B{number}",
        GivenName = $"Given{number}",
        FamilyName = $"Family{number}",
        Email = $"b{number}@bench.example",
        Phone = "5555550100",
        DateOfBirth = new(1990, 1, 1),
        Site = "dallas",
        Roles = ["driver"],
        HiredOn = new(2026, 1, 5),
    };

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
    }
}
