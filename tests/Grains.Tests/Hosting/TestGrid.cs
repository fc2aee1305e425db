using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using ComplianceGrid.Audit;
using ComplianceGrid.Employees;
using ComplianceGrid.Events;
using ComplianceGrid.Identity;
using ComplianceGrid.Limits;
using ComplianceGrid.Orders;
using ComplianceGrid.Policies;
using ComplianceGrid.Storage;
using ComplianceGrid.Storage.Audit.Personal;
using ComplianceGrid.Storage.Events;
using ComplianceGrid.Storage.GrainState;
using ComplianceGrid.Storage.Outbox;
using ComplianceGrid.Tenancy;
using ComplianceGrid.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orleans.Configuration;

[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")] // file modes

namespace ComplianceGrid.Hosting;

[CollectionDefinition(Name)]
public sealed class TestGridCollection : ICollectionFixture<TestGrid>
{
    public const string Name = "grid";
}

/// <summary>A silo on a database of its own. Streams and relays are left out: a test delivers, so that it decides when and in which order.</summary>
public sealed class TestGrid : IAsyncLifetime
{
    private readonly string _masterKey = Path.Combine(Path.GetTempPath(), $"grains-master-{Environment.ProcessId}.key");
    private GridDatabase _database = null!;
    private NpgsqlDataSource _rows = null!;
    private IHost _host = null!;
    private int _gateway;

    internal TestClock Clock { get; } = new();

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(_masterKey, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        File.SetUnixFileMode(_masterKey, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _database = await GridDatabase.CreateAsync(TestContext.Current.CancellationToken);
        _rows = NpgsqlDataSource.Create(_database.Grid(GridRole.Superuser));
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _rows.DisposeAsync();
        await _database.DisposeAsync();
        File.Delete(_masterKey);
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    internal IEmployeeGrain Employee(EmployeeKey key) => Grain<IEmployeeGrain>(key.Tenant, key.ToString());

    internal IVendorOrderGrain Order(OrderKey key) => Grain<IVendorOrderGrain>(key.Tenant, key.ToString());

    internal ITenantPolicyGrain Policy(TenantId tenant) => Grain<ITenantPolicyGrain>(tenant, tenant.Value);

    internal ISignInGuardGrain SignInGuard(Guid name) => Grain<ISignInGuardGrain>(TenantId.System, TenantKeys.OfSystem(name));

    internal IAddressGuardGrain AddressGuard(Guid address) => Grain<IAddressGuardGrain>(TenantId.System, TenantKeys.OfSystem(address));

    internal IRateGrain Rate(TenantId tenant, Guid count) => Grain<IRateGrain>(tenant, TenantKeys.Format(tenant, count));

    internal IAccountGrain Account(Guid account) => Grain<IAccountGrain>(TenantId.System, TenantKeys.OfSystem(account));

    internal ISessionGrain Session(SessionKey key) => Grain<ISessionGrain>(key.Tenant, key.ToString());

    /// <summary>A client of its own, as each Api process is one.</summary>
    internal async Task<TestClient> ConnectAsync() => await TestClient.StartAsync(_gateway, _host.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<ClusterOptions>>().Value, TestContext.Current.CancellationToken);

    /// <summary>While broken, no transaction that ends a session commits.</summary>
    internal Task BreakFeedAsync(bool broken) => ValueAsync<object>(
        broken ? "REVOKE INSERT ON grid.session_end FROM grid_silo" : "GRANT INSERT ON grid.session_end TO grid_silo");

    /// <summary>The silo's connections end, and it gets no new ones.</summary>
    internal async Task LetNobodyInAsync(bool nobody)
    {
        await ValueAsync<object>($"DO $$ BEGIN EXECUTE format('ALTER DATABASE %I CONNECTION LIMIT {(nobody ? 0 : -1)}', current_database()); END $$");
        await ValueAsync<object>("SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity WHERE usename = 'grid_silo' AND datname = current_database()");
    }

    /// <summary>The orders that left a tenant's grains, taken out as the relay would.</summary>
    internal async Task<IReadOnlyList<OrderKey>> PlaceOrdersAsync(TenantId tenant)
    {
        var placed = new List<OrderKey>();
        await foreach (var (id, body, _) in TakeAsync(tenant, OutboxKinds.Order))
        {
            var key = new OrderKey(tenant, id);
            await Order(key).Place(JsonSerializer.Deserialize<PlaceOrder>(body, GridJson.Options)!);
            placed.Add(key);
        }

        return placed;
    }

    /// <summary>The open events to a tenant's grains, oldest first, each with its place in the log.</summary>
    internal async Task<IReadOnlyList<ComplianceEvent>> OpenEventsAsync(TenantId tenant)
    {
        await using var command = _rows.CreateCommand("SELECT queue, position, body FROM grid.event_log WHERE tenant_id = $1 AND closed_at IS NULL ORDER BY appended_at, position");
        command.Parameters.AddWithValue(tenant.Value);
        var events = new List<ComplianceEvent>();
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            events.Add(CloudEventJson.Read(reader.GetFieldValue<byte[]>(2)) with { LogPosition = new(reader.GetInt32(0), reader.GetInt64(1)) });
        return events;
    }

    /// <summary>Delivers what is open to employees, until nothing is.</summary>
    internal async Task DeliverAsync(TenantId tenant)
    {
        foreach (var e in await OpenEventsAsync(tenant)) await Employee(EmployeeKey.Parse(e.Key)).Apply(e);
        Assert.Empty(await OpenEventsAsync(tenant));
    }

    /// <summary>The audit entries that left a tenant's grains and were not taken yet.</summary>
    internal async Task<IReadOnlyList<AuditEntry>> AuditAsync(TenantId tenant)
    {
        var entries = new List<AuditEntry>();
        await foreach (var (_, body, box) in TakeAsync(tenant, OutboxKinds.Audit))
            entries.Add(JsonSerializer.Deserialize<AuditEntry>(body, GridJson.Options)! with { Sealed = box });
        return entries;
    }

    /// <summary>An entry's personal detail in clear; null: it has none, or the person was erased.</summary>
    internal async Task<string?> OpenAsync(AuditEntry entry) => entry.Sealed is not { } box ? null :
        (await _host.Services.GetRequiredService<PersonalDetails>().OpenAsync(entry.TenantId, [new(entry.Id, entry.PersonId!, [.. box])], TestContext.Current.CancellationToken))[0];

    internal async IAsyncEnumerable<(Guid Id, byte[] Body, byte[]? Sealed)> TakeAsync(TenantId tenant, string kind)
    {
        await using var command = _rows.CreateCommand("DELETE FROM grid.outbox WHERE tenant_id = $1 AND kind = $2 RETURNING id, body, sealed, position");
        command.Parameters.AddWithValue(tenant.Value);
        command.Parameters.AddWithValue(kind);
        var rows = new List<(Guid Id, byte[] Body, byte[]? Sealed, long Position)>();
        await using (var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken))
        {
            while (await reader.ReadAsync(TestContext.Current.CancellationToken))
                rows.Add((reader.GetGuid(0), reader.GetFieldValue<byte[]>(1), reader.IsDBNull(2) ? null : reader.GetFieldValue<byte[]>(2), reader.GetInt64(3)));
        }

        foreach (var (id, body, box, _) in rows.OrderBy(row => row.Position)) yield return (id, body, box);
    }

    /// <summary>One value of a tenant's rows, as superuser.</summary>
    internal async Task<T?> ValueAsync<T>(string sql, params object[] parameters)
    {
        await using var command = _rows.CreateCommand(sql);
        foreach (var parameter in parameters) command.Parameters.AddWithValue(parameter);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken) is T value ? value : default;
    }

    private TGrain Grain<TGrain>(TenantId tenant, string key) where TGrain : IGrainWithStringKey
    {
        RequestContext.Set(CallContext.Tenant, tenant.Value);
        RequestContext.Set(CallContext.Actor, "user-1");
        return _host.Services.GetRequiredService<IGrainFactory>().GetGrain<TGrain>(key);
    }

    private async Task StartAsync()
    {
        (var silo, _gateway) = FreePorts.Two();
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddSingleton<TimeProvider>(Clock).AddKeyedSingleton(KeyedService.AnyKey, TimeProvider.System); // Orleans' own parts: as in a silo
        builder.Services.AddFileMasterKey(_masterKey);
        builder.UseOrleans(orleans => orleans
            .UseLocalhostClustering(silo, _gateway, new IPEndPoint(IPAddress.Loopback, silo))
            .Configure<ClusterOptions>(options => options.ServiceId = "grid")
            .AddGridStorage(options => options.ConnectionString = _database.Grid(GridRole.Silo))
            .AddGridGrains());
        _host = builder.Build();
        await _host.StartAsync(TestContext.Current.CancellationToken);
    }

    private async Task StopAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }
}
