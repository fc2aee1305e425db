using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ComplianceGrid.Policies;
using ComplianceGrid.Silo.Tests.Hosting;
using ComplianceGrid.Storage.Audit.Ledger;
using ComplianceGrid.Storage.Audit.Notes;
using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Silo.Tests.Ledger;

/// <summary>The host as <c>Program</c> runs it, with an archive and a witness.</summary>
public sealed class LedgerHostTests(TestGrid grid) : IClassFixture<TestGrid>
{
    private const string Origin = "example.com/ledger";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Audit => grid.Database.Audit(GridRole.Superuser);

    [Fact]
    public async Task A_checkpoint_is_left_with_both_and_a_log_that_was_cut_under_the_silo_refuses_until_a_new_epoch()
    {
        var folder = Directory.CreateTempSubdirectory("grid-ledger-host-");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await using var witness = await TestWitness.StartAsync(Ct);
        witness.Logs[$"{Origin}/acme"] = key.ExportSubjectPublicKeyInfo();
        var keyFile = Path.Combine(folder.FullName, "ledger.pub.pem");
        await File.WriteAllTextAsync(keyFile, key.ExportSubjectPublicKeyInfoPem(), Ct);
        string[] ledger =
        [
            $"--Ledger:Origin={Origin}", $"--Ledger:PublicKeyFiles:0={keyFile}",
            "--Checkpoints:Targets:archive:Kind=Archive", $"--Checkpoints:Targets:archive:Directory={Path.Combine(folder.FullName, "archive")}",
            "--Checkpoints:Targets:w1:Kind=Witness", $"--Checkpoints:Targets:w1:Url={witness.Url}", $"--Checkpoints:Targets:w1:Keys:0={witness.VerifierKey}",
            "--Checkpoints:Tenants:acme:0=archive", "--Checkpoints:Tenants:acme:1=w1",
        ];
        await using var silo = await TestSilo.StartAsync(SiloHost.Create([.. grid.Arguments(), .. ledger]), Ct);
        TestSilo.CallAs("acme");
        var policies = silo.Grains.GetGrain<ITenantPolicyGrain>("acme");
        await policies.Publish(Sample.Policy, 0);
        await Db.UntilAsync(Audit, "SELECT count(*) FROM audit.audit_log WHERE tenant_id = 'acme'", 2L, Ct); // the act, and the status that it gave
        await PublishAsync(key);

        await Db.UntilAsync(Audit, "SELECT string_agg(target, ' ' ORDER BY target) FROM audit.checkpoint_delivery", "archive w1", Ct);
        Assert.True(File.Exists(Path.Combine(folder.FullName, "archive", "acme", "0", "00000000000000000002.note")));
        Assert.Equal(2, witness.Cosigned[$"{Origin}/acme"].Size);
        using var http = new HttpClient { BaseAddress = new(silo.Url) };
        using (var ready = JsonDocument.Parse(await http.GetStringAsync("/health/ready", Ct)))
        {
            foreach (var check in new[] { "checkpoints-archive", "loop:checkpoints-w1" })
                Assert.Equal("Healthy", ready.RootElement.GetProperty("checks").GetProperty(check).GetProperty("status").GetString());
        }

        await Db.ExecuteAsync(Audit, "SET session_replication_role = replica; DELETE FROM audit.log_head; DELETE FROM audit.audit_log; DELETE FROM audit.checkpoint_delivery; DELETE FROM audit.checkpoint", Ct);
        await policies.Publish(Sample.Stricter(Sample.Policy), 1); // the tenant goes on, its entry waits
        await Db.UntilAsync(grid.Database.Grid(GridRole.Superuser), "SELECT count(*) > 0 FROM grid.outbox WHERE kind = 'audit' AND error = 'log refuses'", true, Ct);
        Assert.Equal(0L, await Db.ScalarAsync<long>(Audit, "SELECT count(*) FROM audit.audit_log", Ct));

        using StringWriter output = new(), error = new();
        Assert.Equal(0, await Silo.Ledger.Epochs.LedgerCommand.RunAsync(["new-epoch", "--tenant", "acme"], output, error, [$"--ConnectionStrings:Audit={grid.Database.Audit(GridRole.AuditWriter)}", .. ledger]));
        await Db.UntilAsync(Audit, "SELECT string_agg(concat_ws('/', epoch, leaf_index, action), ' ' ORDER BY leaf_index) FROM audit.audit_log WHERE action <> 'STATUS_CHANGED'",
            "1/0/LEDGER_EPOCH_OPENED 1/1/POLICY_UPDATED", Ct);
        folder.Delete(recursive: true);
    }

    private async Task PublishAsync(ECDsa key)
    {
        await using var audit = NpgsqlDataSource.Create(grid.Database.Audit(GridRole.AuditNotary));
        var head = (await LogHeads.NewestAsync(audit, "acme", ct: Ct))!;
        var text = new Checkpoint($"{Origin}/acme", head.Size, head.Root).Text;
        var note = new SignedNote(text, [new(Origin, new VerifierKey(Origin, key.ExportSubjectPublicKeyInfo()).KeyId,
            key.SignData(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence))]);
        await Db.ExecuteAsync(grid.Database.Audit(GridRole.AuditNotary), "INSERT INTO audit.checkpoint VALUES ('acme', 0, $1, $2, $3, now())", Ct, head.Size, head.Root.ToArray(), note.ToString());
    }
}
