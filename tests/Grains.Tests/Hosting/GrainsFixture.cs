using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using ComplianceGrid.Policies;
using ComplianceGrid.Storage.GrainState;
using ComplianceGrid.Tenancy;
using ComplianceGrid.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

[assembly: AssemblyFixture(typeof(ComplianceGrid.Grains.Tests.Hosting.GrainsFixture))]

namespace ComplianceGrid.Grains.Tests.Hosting;

/// <summary>The product's grains in a silo of this process, stored by GridStorage in a real database. No stream, sweep or relay runs.</summary>
public sealed class GrainsFixture : IAsyncLifetime
{
    private readonly string _masterKey = Path.Combine(Path.GetTempPath(), $"grains-master-{Environment.ProcessId}.key");
    private IHost _silo = null!;

    public GridDatabase Database { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Database = await GridDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_masterKey, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_masterKey, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await StartAsync();
    }

    /// <summary>Everything in memory is gone; what was saved is read again.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    internal T Grain<T>(string key) where T : ITenantGrain
    {
        RequestContext.Set(CallContext.Tenant, TenantKeys.TenantOf(key).Value);
        return _silo.Services.GetRequiredService<IGrainFactory>().GetGrain<T>(key);
    }

    /// <summary>A tenant of the test's own, under a policy.</summary>
    internal async Task<TenantId> TenantAsync(Policy policy)
    {
        var tenant = new TenantId("t" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6)));
        await Grain<ITenantPolicyGrain>(tenant.Value).Publish(policy, expectedVersion: 0);
        return tenant;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Database.DisposeAsync();
        File.Delete(_masterKey);
    }

    private async Task StartAsync()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(FreePort(), FreePort());
            silo.Services.AddFileMasterKey(_masterKey);
            silo.AddGridStorage(options => options.ConnectionString = Database.Grid(GridRole.Silo)).AddGridGrains();
        });
        _silo = builder.Build();
        await _silo.StartAsync();
    }

    private async Task StopAsync()
    {
        await _silo.StopAsync();
        _silo.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
