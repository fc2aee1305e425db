using ComplianceGrid.Benchmarks.Grid;
using ComplianceGrid.ServiceDefaults.Database;
using ComplianceGrid.Storage.Audit;
using ComplianceGrid.Storage.Audit.Personal;
using ComplianceGrid.Storage.Audit.Search;
using ComplianceGrid.Storage.GrainState;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ComplianceGrid.Benchmarks.Ledger;

/// <summary>A grid's audit database, and the product's own writer on it in this process: roles, pools, keys and sealing as a silo has them.</summary>
internal sealed class LedgerUnderTest : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public LedgerUnderTest(string grid, string audit, string auditor, string superuser, string masterKey)
    {
        Writer = GridDataSource.Create(audit);
        Auditor = GridDataSource.Create(auditor);
        Superuser = GridDataSource.Create(superuser);
        var services = new ServiceCollection().AddLogging().AddFileMasterKey(masterKey);
        services.AddGridStorageServices(storage => storage.ConnectionString = GridDataSource.WithDefaults(grid));
        services.AddAuditStore(_ => Writer);
        services.AddAuditReads(auditor);
        _services = services.BuildServiceProvider();
    }

    /// <summary>The writer of a grid, as its silo is configured.</summary>
    public static async Task<LedgerUnderTest> OfAsync(GridUnderTest grid) => new(
        grid.Connection("silo-1", "Grid"), grid.Connection("silo-1", "Audit"), grid.Connection("api", "Audit"), await grid.SuperuserAsync("grid_audit"),
        grid.Configured("silo-1", "MasterKey", "File"));

    public IAuditStore Store => _services.GetRequiredService<IAuditStore>();

    /// <summary>As the Api searches.</summary>
    public AuditReads Reads => _services.GetRequiredService<AuditReads>();

    public PersonalDetails Details => _services.GetRequiredService<PersonalDetails>();

    /// <summary>As <c>grid_audit_writer</c>.</summary>
    public NpgsqlDataSource Writer { get; }

    /// <summary>As <c>grid_auditor</c>: row-level security applies.</summary>
    public NpgsqlDataSource Auditor { get; }

    /// <summary>For what no role of the product may do: tables of the benchmark's own.</summary>
    public NpgsqlDataSource Superuser { get; }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await Auditor.DisposeAsync();
        await Writer.DisposeAsync();
        await Superuser.DisposeAsync();
    }
}
