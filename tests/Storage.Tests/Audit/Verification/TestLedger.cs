using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ComplianceGrid.Audit;
using ComplianceGrid.Storage.Audit.Ledger;
using ComplianceGrid.Storage.Audit.Notes;
using ComplianceGrid.Storage.Audit.Verification;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Storage.Tests.Audit.Verification;

/// <summary>
/// One audit database for a class of tests, with a key that signs. Each test has a tenant, and so a log, of its own, which it may
/// spoil as superuser with triggers off.
/// </summary>
public sealed class TestLedger : IAsyncLifetime, IDisposable
{
    public const string Name = "test.example/ledger";

    private readonly ECDsa _private = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private int _tenants;

    internal AuditLog Log { get; private set; } = null!;

    internal VerifierKey Key { get; private set; } = null!;

    internal LedgerVerification Verification => new(Log.Auditor, Name, [Key], TimeProvider.System);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Log = await AuditLog.CreateAsync(Ct);
        Key = new(Name, _private.ExportSubjectPublicKeyInfo());
    }

    public string NewTenant() => $"tenant-{Interlocked.Increment(ref _tenants)}";

    /// <summary>Appends batches of so many entries each, a minute apart. Their texts are of every kind.</summary>
    public async Task AppendAsync(string tenant, params int[] batches)
    {
        foreach (var batch in batches)
        {
            await Log.NewStore().AppendAsync(0, [.. Enumerable.Range(0, batch).Select(n => Entry(tenant, n))], Ct);
            Log.Time.Advance(TimeSpan.FromMinutes(1));
        }
    }

    internal AuditEntry Entry(string tenant, int n = 0) => Log.Entry(tenant) with
    {
        UserId = n % 7 == 3 ? "u-\"quoted\\\u0001ü\U0001F600" : $"u-{n}",
        ResourceId = $"r-{n}",
        IpAddress = n % 2 == 0 ? "192.0.2.7" : null,
        UserAgent = "Browser/1 (a; b)",
        RequestId = $"req-{n}",
        Details = $$"""{"n":{{n}},"z":[1,true,null,"\u0007"],"\ue000":{},"\ud83d\ude00":"","é":"\n"}""",
        ErrorCode = "GRID-1008",
        Success = n % 3 == 0,
        DurationMs = n,
        PersonId = "p-1",
        Personal = """{"name":"Ada"}""",
    };

    public static readonly string[] Tables = ["audit.audit_log", "audit.log_head", "audit.tile", "audit.checkpoint"];

    /// <summary>Keeps a copy of a tenant's rows.</summary>
    public Task BackUpAsync(string tenant) =>
        SpoilAsync(string.Concat(Tables.Select(table => $"CREATE TABLE \"{table}-{tenant}\" AS SELECT * FROM {table} WHERE tenant_id = '{tenant}';")));

    /// <summary>Puts that copy in the place of what is there.</summary>
    public Task RestoreAsync(string tenant) => SpoilAsync(string.Concat(Tables.Select(table =>
        $"DELETE FROM {table} WHERE tenant_id IN ('{tenant}', 'x{tenant}', 'moved-{tenant}'); INSERT INTO {table} SELECT * FROM \"{table}-{tenant}\";")));

    public Task<LogReport> VerifyAsync(string tenant, int epoch = 0, string? shown = null) => Verification.VerifyAsync(
        new(tenant, epoch), shown is null ? null : Checkpoint.Verified(SignedNote.Parse(shown), [Key]), ct: Ct);

    public async Task<byte[]> ExportAsync(string tenant, int epoch = 0)
    {
        using var to = new MemoryStream();
        await new LedgerExport(Log.Auditor, Name).WriteAsync(new(tenant, epoch), to, Ct);
        return to.ToArray();
    }

    /// <summary>Signs the log as it stands, with the real key, and stores the checkpoint.</summary>
    /// <returns>The note.</returns>
    public async Task<string> CheckpointAsync(string tenant, int epoch = 0)
    {
        var head = (await LogHeads.NewestAsync(Log.Auditor, tenant, epoch, Ct))!;
        var note = Sign(new(LedgerOrigin.Of(Name, tenant, epoch), head.Size, head.Root));
        await SpoilAsync($"INSERT INTO audit.checkpoint VALUES ('{tenant}', {epoch}, {head.Size}, decode('{Convert.ToHexString(head.Root.Span)}', 'hex'), '{note}', now())");
        return note;
    }

    /// <summary>Opens the tenant's next log, bound to a checkpoint of an earlier one, as <c>./grid ledger new-epoch</c> does.</summary>
    public async Task OpenEpochAsync(string tenant, int epoch, string bound)
    {
        await SpoilAsync($"INSERT INTO audit.epoch VALUES ('{tenant}', {epoch}, '{LedgerOrigin.Of(Name, tenant, epoch)}', '{bound}', now())");
        await Log.NewStore().AppendAsync(0, [Entry(tenant) with
        {
            Action = AuditAction.LedgerEpochOpened,
            Details = JsonSerializer.Serialize(new { epoch, bound = new { note = bound } }),
        }], Ct);
    }

    internal string Sign(Checkpoint checkpoint)
    {
        var signature = _private.SignData(Encoding.UTF8.GetBytes(checkpoint.Text), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return new SignedNote(checkpoint.Text, [new NoteSignature(Key.Name, Key.KeyId, signature)]).ToString();
    }

    /// <summary>As superuser, with the triggers off.</summary>
    public Task<object?> SpoilAsync(string sql) => Log.ScalarAsync(GridRole.Superuser, $"SET session_replication_role = replica; SET synchronous_commit = off; {sql}", Ct);

    public async Task<Guid> IdOfAsync(string tenant, long index) =>
        (Guid)(await Log.ScalarAsync(GridRole.Superuser, $"SELECT id FROM audit.audit_log WHERE tenant_id = '{tenant}' AND leaf_index = {index}", Ct))!;

    public async ValueTask DisposeAsync()
    {
        Dispose();
        await Log.DisposeAsync();
    }

    public void Dispose() => _private.Dispose();
}
