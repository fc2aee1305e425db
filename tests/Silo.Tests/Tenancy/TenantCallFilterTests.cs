using System.Net;
using ComplianceGrid.Audit;
using ComplianceGrid.Silo.Tenancy;
using ComplianceGrid.Storage.Audit;
using ComplianceGrid.Tenancy;
using ComplianceGrid.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ComplianceGrid.Silo.Tests.Tenancy;

/// <summary>
/// The filter in a silo of its own that has nothing else, so that mutants of it can be tried in moments. That a refusal is on
/// record in the database, and that the product's silo has the filter, is <c>TenantFilterTests</c>' matter.
/// </summary>
public sealed class TenantCallFilterTests : IAsyncLifetime
{
    private const string Id = "0190a7c0-0000-7000-8000-000000000001";
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 15, 0, 0, TimeSpan.Zero);
    private readonly Ledger _ledger = new();
    private IHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        var (silo, gateway) = FreePorts.Two();
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddSingleton<TimeProvider>(new StillClock());
        builder.Services.AddSingleton<IAuditStore>(_ledger);
        builder.UseOrleans(orleans => orleans.UseLocalhostClustering(silo, gateway, new IPEndPoint(IPAddress.Loopback, silo)).AddGridGrains().AddTenantFilter());
        _host = builder.Build();
        await _host.StartAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }

    [Theory]
    [InlineData("acme", "acme/" + Id)]
    [InlineData("acme", "acme")]
    [InlineData("acme-2", "acme-2/" + Id)]
    public async Task Its_own_tenant_reaches_a_grain(string caller, string key)
    {
        CallAs(caller);
        Assert.Equal(key, await Grains.GetGrain<ITenantProbe>(key).Key());
        Assert.Empty(_ledger.Entries);
    }

    [Fact]
    public async Task A_grain_of_no_tenant_is_reached_by_whoever()
    {
        CallAs(null);
        Assert.Equal("acme/" + Id, await Grains.GetGrain<ICommonProbe>("acme/" + Id).Key());
    }

    [Theory]
    [InlineData(null, "acme", "null")]
    [InlineData("other", "acme", "\"other\"")]
    [InlineData("acm", "acme", "\"acm\"")]
    [InlineData("acme-2", "acme", "\"acme-2\"")]
    [InlineData("acme/" + Id, "acme", "\"malformed\"")]
    [InlineData("ACME", "acme", "\"malformed\"")]
    [InlineData("\"}evil{\"", "acme", "\"malformed\"")]
    public async Task Any_other_is_refused_and_that_is_written_to_the_owners_log(string? caller, string owner, string recorded)
    {
        foreach (var key in new[] { owner, $"{owner}/{Id}" })
        {
            _ledger.Entries.Clear();
            CallAs(caller);
            var refused = await Assert.ThrowsAsync<GridException>(() => Grains.GetGrain<ITenantProbe>(key).Key());
            Assert.Equal(GridError.OtherTenant, refused.Error);
            var (shard, entry) = Assert.Single(_ledger.Entries);
            Assert.Equal(LedgerShards.Of(owner), shard);
            Assert.Equal(Now.ToUnixTimeMilliseconds(), Convert.ToInt64(entry.Id.ToString("N")[..12], 16)); // UUIDv7
            Assert.Equal(
                new AuditEntry
                {
                    Id = entry.Id,
                    Timestamp = Now,
                    TenantId = owner,
                    UserId = "mallory",
                    UserRole = "SafetyManager",
                    Action = AuditAction.AccessDenied,
                    Resource = "grains/ITenantProbe",
                    IpAddress = "192.0.2.1",
                    UserAgent = "curl/8",
                    RequestId = "trace-1",
                    Details = $$"""{"callerTenant":{{recorded}}}""",
                    Success = false,
                    ErrorCode = "GRID-1009",
                },
                entry);
        }
    }

    [Fact]
    public async Task Who_says_nothing_of_himself_is_anonymous()
    {
        RequestContext.Clear();
        await Assert.ThrowsAsync<GridException>(() => Grains.GetGrain<ITenantProbe>("acme").Key());
        var (_, entry) = Assert.Single(_ledger.Entries);
        Assert.Equal(("anonymous", "none", null, null, null), (entry.UserId, entry.UserRole, entry.IpAddress, entry.UserAgent, entry.RequestId));
    }

    private IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    private static void CallAs(string? tenant)
    {
        RequestContext.Clear();
        if (tenant is not null) RequestContext.Set(CallContext.Tenant, tenant);
        RequestContext.Set(CallContext.Actor, "mallory");
        RequestContext.Set(CallContext.ActorRole, "SafetyManager");
        RequestContext.Set(CallContext.IpAddress, "192.0.2.1");
        RequestContext.Set(CallContext.UserAgent, "curl/8");
        RequestContext.Set(CallContext.RequestId, "trace-1");
    }

    /// <summary>Timers and durations stay the machine's: Orleans lives by them.</summary>
    private sealed class StillClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }

    private sealed class Ledger : IAuditStore
    {
        public List<(int Shard, AuditEntry Entry)> Entries { get; } = [];

        public Task<AppendOutcome> AppendAsync(int shard, IReadOnlyList<AuditEntry> entries, CancellationToken ct = default)
        {
            Entries.AddRange(entries.Select(entry => (shard, entry)));
            return Task.FromResult(new AppendOutcome(entries.Count, []));
        }

        public ValueTask<string?[]> OpenAsync(string tenant, IReadOnlyList<SealedPersonal> sealedDetails, CancellationToken ct = default) => throw new NotSupportedException();

        public Task EnsurePartitionsAsync(int monthsAhead, CancellationToken ct = default) => throw new NotSupportedException();
    }
}
