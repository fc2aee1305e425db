using ComplianceGrid.Audit;
using ComplianceGrid.Storage.Audit;
using ComplianceGrid.Storage.Audit.Ledger;
using ComplianceGrid.Storage.Audit.Personal;
using ComplianceGrid.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace ComplianceGrid.Storage.Tests.Audit;

/// <summary>A fresh audit database, its writer, and a clock that stands.</summary>
internal sealed class AuditLog : IAsyncDisposable
{
    private readonly GridDatabase _database;
    private readonly NpgsqlDataSource _writer;

    private AuditLog(GridDatabase database)
    {
        _database = database;
        _writer = NpgsqlDataSource.Create(database.Audit(GridRole.AuditWriter));
        Auditor = NpgsqlDataSource.Create(database.Audit(GridRole.Auditor));
        Host = StorageHost.Start(database);
        Time.SetUtcNow(TimeProvider.System.GetUtcNow());
        Store = NewStore();
    }

    public FakeTimeProvider Time { get; } = new();
    public AuditStore Store { get; }
    public NpgsqlDataSource Auditor { get; }
    public GridDatabase Database => _database;
    /// <summary>The grid database beside it, where the persons' keys are.</summary>
    public StorageHost Host { get; }
    public string WriterConnection => _database.Audit(GridRole.AuditWriter);

    public static async Task<AuditLog> CreateAsync(CancellationToken ct) => new(await GridDatabase.CreateAsync(ct));

    /// <summary>As another process would have.</summary>
    public AuditStore NewStore(ILogGuard? guard = null) => NewStore(_writer, guard);

    public AuditStore NewStore(NpgsqlDataSource source, ILogGuard? guard = null) =>
        new(source, Host.Get<PersonalDetails>(), guard ?? new OpenLogGuard(), Time, NullLogger<AuditStore>.Instance);

    /// <summary>A shard's writer that keeps few logs in mind.</summary>
    public LedgerWriter NewWriter(int keptLogs) => new(_writer, new Partitions(), new OpenLogGuard(), Time, NullLogger.Instance, keptLogs);

    public AuditEntry Entry(string tenant = "acme") => new()
    {
        Id = Guid.CreateVersion7(Time.GetUtcNow()),
        Timestamp = Time.GetUtcNow(),
        TenantId = tenant,
        UserId = "u-1",
        UserRole = "ComplianceManager",
        Action = AuditAction.LoginFailed,
        Resource = "employees",
        Success = true,
    };

    public async Task<object?> ScalarAsync(GridRole role, string sql, CancellationToken ct, string? tenant = null)
    {
        await using var connection = new NpgsqlConnection(_database.Audit(role));
        await connection.OpenAsync(ct);
        if (tenant is not null)
        {
            await using var set = new NpgsqlCommand("SELECT set_config('app.tenant_id', $1, false)", connection) { Parameters = { new() { Value = tenant } } };
            await set.ExecuteNonQueryAsync(ct);
        }

#pragma warning disable CA2100 // the tests' own constants
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 }; // some read a whole log
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync(ct);
    }

    public async Task<long> CountAsync(CancellationToken ct) =>
        (long)(await ScalarAsync(GridRole.AuditWriter, "SELECT count(*) FROM audit.audit_log", ct))!;

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await _writer.DisposeAsync();
        await Auditor.DisposeAsync();
        await _database.DisposeAsync();
    }
}
