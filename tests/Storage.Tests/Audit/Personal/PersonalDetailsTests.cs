using System.Text;
using System.Text.Json;
using ComplianceGrid.Audit;
using ComplianceGrid.Storage.Audit.Personal;
using ComplianceGrid.Storage.Encryption;
using ComplianceGrid.Storage.GrainState;
using ComplianceGrid.Storage.Outbox;
using ComplianceGrid.Storage.Tests.Audit.Ledger;
using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Storage.Tests.Audit.Personal;

/// <summary>Detail about a person is in the log under that person's key alone.</summary>
public sealed class PersonalDetailsTests
{
    private const string Ada = """{"after":{"email":"ada@example.test"},"before":{"email":"a@example.test"}}""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Detail_is_stored_sealed_and_opens_for_its_own_entry()
    {
        await using var log = await AuditLog.CreateAsync(Ct);
        AuditEntry[] entries =
        [
            log.Entry() with { PersonId = "p-1", Personal = Ada }, log.Entry() with { Personal = """{"query":"lovelace"}""" },
            log.Entry("globex") with { PersonId = "p-1", Personal = Ada }, log.Entry() with { PersonId = "p-1" },
        ];
        await log.Store.AppendAsync(0, entries, Ct);

        Assert.Equal(4, await StoredLog.VerifyAsync(log, Ct));
        Assert.Equal(0L, await log.ScalarAsync(GridRole.Superuser, "SELECT count(*) FROM audit.audit_log a WHERE a::text LIKE ANY ('{%ada@%,%lovelace%}')", Ct));
        Assert.Equal(0L, await log.ScalarAsync(GridRole.Superuser, "SELECT count(*) FROM audit.audit_log a WHERE convert_from(record, 'UTF8') LIKE ANY ('{%ada@%,%lovelace%}')", Ct));
        Assert.Equal([Ada, """{"query":"lovelace"}"""], await OpenAsync(log.Host, "acme", await SealedAsync(log, entries[0]), await SealedAsync(log, entries[1])));
        Assert.Equal([Ada], await OpenAsync(log.Host, "globex", await SealedAsync(log, entries[2])));
        Assert.Equal("u-1", (await SealedAsync(log, entries[1])).PersonId); // who names nobody seals under the actor's key
        await Assert.ThrowsAsync<ArgumentNullException>(() => SealedAsync(log, entries[3]));
    }

    [Fact]
    public async Task Moved_to_another_entry_person_or_tenant_it_does_not_open()
    {
        await using var log = await AuditLog.CreateAsync(Ct);
        AuditEntry[] entries = [log.Entry() with { PersonId = "p-1", Personal = Ada }, log.Entry() with { PersonId = "p-2", Personal = Ada }, log.Entry("globex") with { PersonId = "p-1", Personal = Ada }];
        await log.Store.AppendAsync(0, entries, Ct);
        var one = await SealedAsync(log, entries[0]);

        foreach (var (tenant, moved) in new[] { ("acme", one with { EntryId = entries[1].Id }), ("acme", one with { PersonId = "p-2" }), ("globex", one), ("acme", one with { Sealed = [] }), ("acme", one with { Sealed = one.Sealed.SetItem(20, (byte)~one.Sealed[20]) }) })
            await Assert.ThrowsAsync<SealBrokenException>(() => OpenAsync(log.Host, tenant, moved));
    }

    [Fact]
    public async Task Who_is_erased_is_unreadable_for_ever_and_the_tree_stands()
    {
        await using var log = await AuditLog.CreateAsync(Ct);
        AuditEntry[] entries = [.. Enumerable.Range(0, 5).Select(n => log.Entry() with { PersonId = $"p-{n % 2}", Personal = Ada })];
        await log.Store.AppendAsync(0, entries, Ct);
        var erased = await SealedAsync(log, entries[0]);
        var root = await log.ScalarAsync(GridRole.Superuser, "SELECT root FROM audit.log_head ORDER BY size DESC LIMIT 1", Ct);

        var details = log.Host.Get<PersonalDetails>();
        var at = await details.EraseAsync("acme", "p-0", Ct);
        Assert.Equal(at, await details.EraseAsync("acme", "p-0", Ct));

        // Neither here, nor in another process that kept the key to seal with, nor after a restart.
        await using var other = StorageHost.Start(log.Database, log.Host.KeyFile);
        foreach (var host in new[] { log.Host, other })
        {
            Assert.Equal([null, Ada], await OpenAsync(host, "acme", erased, await SealedAsync(log, entries[1])));
            Assert.Equal([null], await OpenAsync(host, "acme", erased));
        }

        Assert.Equal(root, await log.ScalarAsync(GridRole.Superuser, "SELECT root FROM audit.log_head ORDER BY size DESC LIMIT 1", Ct));
        Assert.Equal(5, await StoredLog.VerifyAsync(log, Ct));
        Assert.Equal("p-0 gone, p-1 there", await Db.ScalarAsync<string>(log.Database.Grid(GridRole.Superuser),
            "SELECT string_agg(person_id || CASE WHEN wrapped IS NULL THEN ' gone' ELSE ' there' END, ', ' ORDER BY person_id) FROM grid.person_key"));

        // What is told of the person later is on record, without the detail; one who never had a key gets none either.
        await details.EraseAsync("acme", "p-9", Ct);
        AuditEntry[] later = [log.Entry() with { PersonId = "p-0", Personal = Ada }, log.Entry() with { PersonId = "p-9", Personal = Ada }];
        await log.NewStore().AppendAsync(0, later, Ct);
        foreach (var entry in later) Assert.DoesNotContain("sealed", await RecordAsync(log, entry), StringComparison.Ordinal);
        Assert.Equal(7, await StoredLog.VerifyAsync(log, Ct));
    }

    [Fact]
    public async Task A_key_kept_from_before_the_erasure_seals_what_nobody_can_open()
    {
        await using var log = await AuditLog.CreateAsync(Ct);
        await using var other = StorageHost.Start(log.Database, log.Host.KeyFile);
        await log.Store.AppendAsync(0, [log.Entry() with { PersonId = "p-0", Personal = Ada }], Ct);
        await other.Get<PersonalDetails>().EraseAsync("acme", "p-0", Ct);
        var late = log.Entry() with { PersonId = "p-0", Personal = Ada };

        await log.Store.AppendAsync(0, [late], Ct);

        Assert.Equal([null], await OpenAsync(log.Host, "acme", await SealedAsync(log, late)));
    }

    [Fact]
    public async Task Racing_first_uses_agree_on_one_key_and_it_outlives_a_rotation_of_the_tenants()
    {
        await using var log = await AuditLog.CreateAsync(Ct);
        AuditEntry[] entries = [.. Enumerable.Range(0, 24).Select(n => log.Entry() with { PersonId = $"p-{n % 3}", Personal = Ada })];
        await using StorageHost a = StorageHost.Start(log.Database, log.Host.KeyFile), b = StorageHost.Start(log.Database, log.Host.KeyFile);
        var sealedDetails = await Task.WhenAll(new[] { a, b }.SelectMany(host => entries.Select(entry => Task.Run(() => host.Get<PersonalDetails>().SealAsync([entry], Ct).AsTask(), Ct))));

        await a.Get<TenantKeyring>().RotateAsync(new("acme"), Ct);

        for (var i = 0; i < sealedDetails.Length; i++)
        {
            var detail = new SealedPersonal(entries[i % entries.Length].Id, sealedDetails[i][0]!.Person, [.. sealedDetails[i][0]!.Box]);
            Assert.Equal([Ada], await OpenAsync(log.Host, "acme", detail));
        }
    }

    [Theory]
    [InlineData(GridRole.Silo, "UPDATE grid.person_key SET wrapped = NULL")]
    [InlineData(GridRole.Silo, "DELETE FROM grid.person_key")]
    [InlineData(GridRole.Api, "SELECT count(*) FROM grid.person_key")]
    [InlineData(GridRole.Gateway, "SELECT count(*) FROM grid.person_key")]
    [InlineData(GridRole.Gateway, "SELECT grid.erase_person_key('acme', 'p-0')")]
    [InlineData(GridRole.Sweeper, "SELECT count(*) FROM grid.person_key")]
    public async Task Keys_are_the_silos_and_it_cannot_bring_one_back(GridRole role, string sql)
    {
        await using var log = await AuditLog.CreateAsync(Ct);
        await log.Store.AppendAsync(0, [log.Entry() with { PersonId = "p-0", Personal = Ada }], Ct);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => Db.ScalarAsync<object>(log.Database.Grid(role), sql, "acme"));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [Fact]
    public async Task A_message_s_detail_waits_sealed_in_the_outbox()
    {
        await using var log = await AuditLog.CreateAsync(Ct);
        var entry = log.Entry() with { PersonId = "p-1" };
        var message = new OutboxMessage(entry.Id, "acme", OutboxKinds.Audit, 1, JsonSerializer.SerializeToUtf8Bytes(entry, GridJson.Options), null) { Personal = new("p-1", Ada) };
        await log.Host.WriteAsync("acme/one", new() { State = new() { Commit = new StateCommit { Outbox = [message] } } });

        Assert.Equal(0L, await Db.ScalarAsync<long>(log.Database.Grid(GridRole.Superuser), "SELECT count(*) FROM grid.outbox WHERE convert_from(body, 'UTF8') LIKE '%ada@%'"));
        var claimed = Assert.Single(await log.Host.Get<OutboxStore>().ClaimAsync(OutboxKinds.Audit, 1, 5, TimeSpan.FromMinutes(1), Ct));
        await log.Store.AppendAsync(0, [JsonSerializer.Deserialize<AuditEntry>(claimed.Message.Body, GridJson.Options)! with { Sealed = claimed.Message.Sealed }], Ct);
        Assert.Equal([Ada], await OpenAsync(log.Host, "acme", await SealedAsync(log, entry)));

        await using var batch = new NpgsqlBatch();
        Assert.Throws<InvalidOperationException>(() => OutboxInsert.Add(batch, [message])); // not in clear, whoever forgets to seal
    }

    private static async Task<string> RecordAsync(AuditLog log, AuditEntry entry) =>
        Encoding.UTF8.GetString((byte[])(await log.ScalarAsync(GridRole.Superuser, $"SELECT record FROM audit.audit_log WHERE id = '{entry.Id}' AND tenant_id = '{entry.TenantId}'", Ct))!);

    private static async Task<SealedPersonal> SealedAsync(AuditLog log, AuditEntry entry)
    {
        using var record = JsonDocument.Parse(await RecordAsync(log, entry));
        var box = record.RootElement.TryGetProperty("sealed", out var member) ? member.GetBytesFromBase64() : null;
        return new(entry.Id, record.RootElement.TryGetProperty("person", out var person) ? person.GetString()! : throw new ArgumentNullException(nameof(entry)), [.. box!]);
    }

    private static async Task<IReadOnlyList<string?>> OpenAsync(StorageHost host, string tenant, params SealedPersonal[] details) =>
        await host.Get<PersonalDetails>().OpenAsync(tenant, details, Ct);
}
