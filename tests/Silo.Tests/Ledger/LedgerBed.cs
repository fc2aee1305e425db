using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ComplianceGrid.Audit;
using ComplianceGrid.ServiceDefaults;
using ComplianceGrid.Silo.Ledger.Archive;
using ComplianceGrid.Silo.Ledger.Delivery;
using ComplianceGrid.Silo.Ledger.Guard;
using ComplianceGrid.Silo.Tests.Hosting;
using ComplianceGrid.Storage.Audit;
using ComplianceGrid.Storage.Audit.Checkpoints;
using ComplianceGrid.Storage.Audit.Ledger;
using ComplianceGrid.Storage.Audit.Notes;
using ComplianceGrid.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace ComplianceGrid.Silo.Tests.Ledger;

/// <summary>The databases of a class' tests, of which each finds the ledger empty.</summary>
public sealed class LedgerDatabase : IAsyncLifetime
{
    private const string Empty = """
        SET session_replication_role = replica;
        DELETE FROM audit.audit_log; DELETE FROM audit.log_head; DELETE FROM audit.tile; DELETE FROM audit.epoch;
        DELETE FROM audit.checkpoint_delivery; DELETE FROM audit.checkpoint;
        """;

    private GridDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await GridDatabase.CreateAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    internal async Task<LedgerBed> NewBedAsync()
    {
        await Db.ExecuteAsync(_database.Audit(GridRole.Superuser), Empty, TestContext.Current.CancellationToken);
        return new(_database);
    }
}

/// <summary>An empty ledger with writers, a notary's key and an archive; the clock is the test's.</summary>
internal sealed class LedgerBed : IAsyncDisposable
{
    public const string Origin = "example.com/ledger";

    private readonly GridDatabase _database;
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("grid-ledger-tests-");
    private readonly List<LedgerWriter> _writers = [];

    public LedgerBed(GridDatabase database)
    {
        _database = database;
        Audit = NpgsqlDataSource.Create(database.Audit(GridRole.AuditWriter));
        Verifier = new(Origin, [new(Origin, _key.ExportSubjectPublicKeyInfo())]);
        Archive = NewArchive(ArchiveFolder);
        Table = new(Audit);
        Deliveries = new(Audit, Time);
        Time.SetUtcNow(TimeProvider.System.GetUtcNow());
        KeyFile = Path.Combine(_folder.FullName, "ledger.pub.pem");
        File.WriteAllText(KeyFile, _key.ExportSubjectPublicKeyInfoPem());
    }

    public FakeTimeProvider Time { get; } = new();
    public NpgsqlDataSource Audit { get; }
    public LedgerVerifier Verifier { get; }
    public CheckpointTable Table { get; }
    public CheckpointDeliveries Deliveries { get; }
    public CheckpointArchive Archive { get; }
    public string KeyFile { get; }
    public string ArchiveFolder => Path.Combine(_folder.FullName, "archive");
    public string Folder => _folder.FullName;
    public ECDsa Key => _key;
    public string WriterConnection => _database.Audit(GridRole.AuditWriter);

    public CheckpointArchive NewArchive(string folder) => new("archive", new DirectoryStore(folder), Verifier);

    public PublishedCheckpoints Published(params CheckpointArchive[] archives) => new(archives, Table, Verifier, NullLogger<PublishedCheckpoints>.Instance);

    /// <summary>As another silo would have. Without a guard it appends to whatever it finds.</summary>
    public LedgerWriter NewWriter(ILogGuard? guard = null)
    {
        var writer = new LedgerWriter(Audit, new Partitions(), guard ?? new OpenLogGuard(), Time, NullLogger.Instance);
        _writers.Add(writer);
        return writer;
    }

    public LedgerWriter NewGuarded() => NewWriter(NewGuard(Archive));

    public CheckpointGuard NewGuard(params CheckpointArchive[] archives) => new(Published(archives), new(Audit, Time), Audit);

    public CheckpointDelivery NewDelivery(ICheckpointTarget target, TenantScope? scope = null) =>
        new(target, scope ?? TenantScope.All, Deliveries, Verifier, Time, new Jitter(7), NullLogger<CheckpointDelivery>.Instance);

    public Task<AppendOutcome> AppendAsync(LedgerWriter writer, string tenant, int entries, CancellationToken ct) =>
        AppendAsync(writer, [.. Enumerable.Repeat(tenant, entries)], ct);

    public Task<AppendOutcome> AppendAsync(LedgerWriter writer, IEnumerable<string> tenants, CancellationToken ct) =>
        writer.AppendAsync([.. tenants.Select(tenant => LedgerEntry.Of(Entry(tenant), detail: null))], ct);

    public AuditEntry Entry(string tenant) => new()
    {
        Id = Guid.CreateVersion7(Time.GetUtcNow()),
        Timestamp = Time.GetUtcNow(),
        TenantId = tenant,
        UserId = "u-1",
        UserRole = "ComplianceManager",
        Action = AuditAction.Read,
        Resource = "employees",
        Success = true,
    };

    /// <summary>As the notary does: signs the newest head, and puts it into the database.</summary>
    public async Task<LogCheckpoint> PublishAsync(string tenant, CancellationToken ct)
    {
        var head = (await LogHeads.NewestAsync(Audit, tenant, ct: ct))!;
        var note = Sign(new Checkpoint(LedgerOrigin.Of(Origin, tenant, head.Epoch), head.Size, head.Root).Text);
        await InsertAsync(tenant, head.Epoch, head.Size, head.Root.ToArray(), note.ToString(), ct);
        return Verifier.Verify(note);
    }

    public Task InsertAsync(string tenant, int epoch, long size, byte[] root, string note, CancellationToken ct) => Db.ExecuteAsync(
        _database.Audit(GridRole.AuditNotary), "INSERT INTO audit.checkpoint VALUES ($1, $2, $3, $4, $5, $6)", ct, tenant, epoch, size, root, note, Time.GetUtcNow().UtcDateTime);

    public SignedNote Sign(string text) => new(text, [new(Origin, new VerifierKey(Origin, _key.ExportSubjectPublicKeyInfo()).KeyId,
        _key.SignData(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence))]);

    /// <summary>As somebody who has everything: the superuser, with triggers disabled.</summary>
    public Task TamperAsync(string sql, CancellationToken ct) =>
        Db.ExecuteAsync(_database.Audit(GridRole.Superuser), "SET session_replication_role = replica; " + sql, ct);

    /// <summary>Cuts a log to its first entries, heads and tiles included, as if the rest had never been.</summary>
    public Task CutAsync(string tenant, long size, CancellationToken ct) => TamperAsync(string.Create(CultureInfo.InvariantCulture, $"""
        DELETE FROM audit.log_head WHERE tenant_id = '{tenant}' AND size > {size};
        DELETE FROM audit.audit_log WHERE tenant_id = '{tenant}' AND leaf_index >= {size};
        DELETE FROM audit.tile WHERE tenant_id = '{tenant}' AND (tile_index + 1) * (256 ^ (level + 1))::bigint > {size};
        """), ct);

    public Task<T?> ScalarAsync<T>(string sql, CancellationToken ct, params object[] values) => Db.ScalarAsync<T>(_database.Audit(GridRole.Superuser), sql, ct, values);

    public Task<string?> DeliveriesAsync(CancellationToken ct) => ScalarAsync<string>(
        "SELECT coalesce(string_agg(concat_ws('/', target, tenant_id, epoch, size), ' ' ORDER BY target, tenant_id, epoch, size), '') FROM audit.checkpoint_delivery", ct);

    public async ValueTask DisposeAsync()
    {
        foreach (var writer in _writers) writer.Dispose();
        _key.Dispose();
        await Audit.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
