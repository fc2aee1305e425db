using ComplianceGrid.Identity;
using ComplianceGrid.Storage.Audit;
using ComplianceGrid.Storage.GrainState;
using ComplianceGrid.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Orleans.Configuration;

namespace ComplianceGrid.Api.Tests.Hosting;

/// <summary>The host before the product's own grains, storing through <see cref="GridStorage"/> and the audit store.</summary>
public sealed class RealGridFixture(ApiFixture fixture) : IAsyncLifetime
{
    private NpgsqlDataSource? _audit;
    private IHost? _silo;

    internal ApiHost Api { get; private set; } = null!;

    internal Dictionary<string, string?> Settings() => fixture.Settings(cluster: "real");

    internal T Silo<T>() where T : notnull => _silo!.Services.GetRequiredService<T>();

    public async ValueTask InitializeAsync()
    {
        _audit = NpgsqlDataSource.Create(fixture.Reads.Database.Audit(GridRole.AuditWriter));
        _silo = await fixture.StartSiloAsync("real", silo =>
        {
            silo.Services.AddAuditStore(_ => _audit);
            silo.Services.AddSingleton(new AddressLimits { Failures = 100_000 }); // all tests sign in from one address
            silo.Services.AddFileMasterKey(fixture.SiloKeyFile);
            silo.AddGridStorage(options => options.ConnectionString = fixture.Reads.Database.Grid(GridRole.Silo))
                .AddGridGrains()
                .Configure<GrainTypeOptions>(types => types.Classes.RemoveWhere(type => type.Assembly == typeof(RealGridFixture).Assembly));
        });
        Api = new ApiHost(Settings());
        await Api.HasKeysAsync(CancellationToken.None);
    }

    /// <summary>While broken, no transaction that ends a session commits.</summary>
    public async Task BreakFeedAsync(bool broken, CancellationToken ct)
    {
        await using var database = NpgsqlDataSource.Create(fixture.Reads.Database.Grid(GridRole.Superuser));
        await using var command = database.CreateCommand(broken ? "REVOKE INSERT ON grid.session_end FROM grid_silo" : "GRANT INSERT ON grid.session_end TO grid_silo");
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>An event of the tenant's that was given up.</summary>
    public async Task<Guid> ParkAsync(string tenant, CancellationToken ct)
    {
        var id = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
        await using var database = NpgsqlDataSource.Create(fixture.Reads.Database.Grid(GridRole.Superuser));
        await using var command = database.CreateCommand(
            "INSERT INTO grid.parked_event (id, event_id, namespace, stream_key, tenant_id, body, attempts, reason) VALUES ($1, 'e', 'compliance', $2 || '/' || $1, $2, '{}', 5, 'GRID-1099')");
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = tenant });
        await command.ExecuteNonQueryAsync(ct);
        return id;
    }

    public async ValueTask DisposeAsync()
    {
        if (Api is not null) await Api.DisposeAsync();
        if (_silo is not null)
        {
            await _silo.StopAsync();
            _silo.Dispose();
        }

        if (_audit is not null) await _audit.DisposeAsync();
    }
}
