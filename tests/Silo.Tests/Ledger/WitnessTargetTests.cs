using System.Security.Cryptography;
using ComplianceGrid.Silo.Ledger.Delivery;
using ComplianceGrid.Silo.Ledger.Witness;
using ComplianceGrid.Storage.Audit.Notes;

namespace ComplianceGrid.Silo.Tests.Ledger;

/// <summary>Against a real witness over HTTP, which verifies by code of its own.</summary>
public sealed class WitnessTargetTests(LedgerDatabase database) : IClassFixture<LedgerDatabase>, IDisposable
{
    private readonly SocketsHttpHandler _connections = new() { AllowAutoRedirect = false };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _connections.Dispose();

    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task Checkpoints_are_cosigned_one_after_the_other_and_the_cosignatures_kept(bool postQuantum)
    {
        await using var bed = await database.NewBedAsync();
        await using var witness = await StartAsync(bed, postQuantum);
        var delivery = bed.NewDelivery(Target(bed, witness));
        var writer = bed.NewWriter();
        foreach (var entries in new[] { 1, 1, 5, 250, 300, 1 })
        {
            await bed.AppendAsync(writer, "acme", entries, Ct);
            var checkpoint = await bed.PublishAsync("acme", Ct);
            await delivery.RunAsync(Ct);
            Assert.Equal(checkpoint.Root.ToArray(), witness.Cosigned["example.com/ledger/acme"].Root);
        }

        Assert.All(witness.Answers, status => Assert.Equal(200, status));
        var receipt = (await bed.ScalarAsync<string>("SELECT receipt FROM audit.checkpoint_delivery ORDER BY size DESC LIMIT 1", Ct))!;
        var note = await bed.ScalarAsync<string>("SELECT note FROM audit.checkpoint ORDER BY size DESC LIMIT 1", Ct);
        Assert.StartsWith("— witness.example/w1 ", receipt, StringComparison.Ordinal); // its own alone, and so that it completes the note
        var signature = SignedNote.Parse(note + receipt).Signatures[^1];
        var key = WitnessKey.Parse(witness.VerifierKey);
        Assert.True(key.Verifies(SignedNote.Parse(note!).Text, signature));
        var bytes = signature.Signature.ToArray();
        foreach (var at in new[] { 0, 7, 8, bytes.Length - 1 })
        {
            var changed = (byte[])bytes.Clone();
            changed[at] ^= 1;
            Assert.False(key.Verifies(SignedNote.Parse(note!).Text, signature with { Signature = changed }));
        }
    }

    [Fact]
    public async Task A_witness_that_knows_the_log_from_elsewhere_is_asked_what_it_has()
    {
        await using var bed = await database.NewBedAsync();
        await using var witness = await StartAsync(bed);
        var writer = bed.NewWriter();
        await bed.AppendAsync(writer, "acme", 3, Ct);
        await bed.PublishAsync("acme", Ct);
        await bed.NewDelivery(Target(bed, witness)).RunAsync(Ct);
        await bed.TamperAsync("DELETE FROM audit.checkpoint_delivery", Ct); // as if another had brought it, or we had died
        await bed.NewDelivery(Target(bed, witness)).RunAsync(Ct); // the same again
        await bed.AppendAsync(writer, "acme", 4, Ct);
        await bed.PublishAsync("acme", Ct);
        await bed.TamperAsync("DELETE FROM audit.checkpoint_delivery", Ct);
        await bed.NewDelivery(Target(bed, witness)).RunAsync(Ct);

        Assert.Equal([200, 409, 200, 409, 200], witness.Answers);
        Assert.Equal("w1/acme/0/7", await bed.DeliveriesAsync(Ct));
    }

    [Fact]
    public async Task An_older_checkpoint_than_the_witness_has_is_covered_by_it()
    {
        await using var bed = await database.NewBedAsync();
        await using var witness = await StartAsync(bed);
        var writer = bed.NewWriter();
        await bed.AppendAsync(writer, "acme", 3, Ct);
        var older = await bed.PublishAsync("acme", Ct);
        await bed.AppendAsync(writer, "acme", 4, Ct);
        await bed.PublishAsync("acme", Ct);
        await bed.NewDelivery(Target(bed, witness)).RunAsync(Ct);

        Assert.Equal("superseded: the witness has 7 entries", await Target(bed, witness).DeliverAsync(older, Ct));
    }

    [Fact]
    public async Task A_log_that_was_cut_rewritten_or_forked_is_told_by_the_witness()
    {
        await using var bed = await database.NewBedAsync();
        await using var witness = await StartAsync(bed);
        foreach (var entries in new[] { 4, 3 }) await bed.AppendAsync(bed.NewWriter(), "acme", entries, Ct);
        var published = await bed.PublishAsync("acme", Ct);
        await bed.NewDelivery(Target(bed, witness)).RunAsync(Ct);

        await bed.CutAsync("acme", 4, Ct);
        await bed.TamperAsync("DELETE FROM audit.checkpoint_delivery; DELETE FROM audit.checkpoint", Ct);
        await RefusedAsync("cut");
        await bed.AppendAsync(bed.NewWriter(), "acme", 3, Ct);
        await RefusedAsync("another root of 7 entries");
        await bed.AppendAsync(bed.NewWriter(), "acme", 300, Ct);
        await RefusedAsync("rewritten or forked");
        Assert.Equal(published.Root.ToArray(), witness.Cosigned["example.com/ledger/acme"].Root);
        Assert.Equal("", await bed.DeliveriesAsync(Ct));

        async Task RefusedAsync(string why)
        {
            var delivery = bed.NewDelivery(Target(bed, witness));
            await bed.PublishAsync("acme", Ct);
            await delivery.RunAsync(Ct);
            Assert.Contains(why, delivery.Undelivered.Alarm, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_checkpoint_without_its_entries_is_not_brought()
    {
        await using var bed = await database.NewBedAsync();
        await using var witness = await StartAsync(bed);
        await bed.AppendAsync(bed.NewWriter(), "acme", 3, Ct);
        await bed.PublishAsync("acme", Ct);
        await bed.NewDelivery(Target(bed, witness)).RunAsync(Ct);
        await bed.AppendAsync(bed.NewWriter(), "acme", 3, Ct);
        var checkpoint = await bed.PublishAsync("acme", Ct);
        await bed.CutAsync("acme", 3, Ct);

        await Assert.ThrowsAsync<CheckpointRefusedException>(() => Target(bed, witness).DeliverAsync(checkpoint, Ct));
    }

    [Fact]
    public async Task Whom_the_witness_does_not_know_or_who_is_not_the_witness_is_an_alarm()
    {
        await using var bed = await database.NewBedAsync();
        await using var witness = await StartAsync(bed);
        await using var stranger = await StartAsync(bed);
        await bed.AppendAsync(bed.NewWriter(), ["acme", "globex"], Ct);
        var (acme, globex) = (await bed.PublishAsync("acme", Ct), await bed.PublishAsync("globex", Ct));
        witness.Logs.Remove("example.com/ledger/globex");

        await RefusedAsync(Target(bed, witness), globex, "does not know this log");
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        witness.Logs["example.com/ledger/globex"] = other.ExportSubjectPublicKeyInfo();
        await RefusedAsync(Target(bed, witness), globex, "does not know the key");
        await RefusedAsync(new WitnessTarget("w1", () => Client(stranger), [WitnessKey.Parse(witness.VerifierKey)], bed.Audit, bed.Deliveries, bed.Table), acme, "no good cosignature");
        Assert.Contains("other.example/key", await new WitnessTarget("w1", () => Client(stranger), [], bed.Audit, bed.Deliveries, bed.Table).DeliverAsync(acme, Ct), StringComparison.Ordinal);
        foreach (var status in new[] { 500, 503, 429, 302 })
        {
            witness.Fails = status;
            await Assert.ThrowsAsync<HttpRequestException>(() => Target(bed, witness).DeliverAsync(acme, Ct)); // away: tried again
        }

        async Task RefusedAsync(WitnessTarget target, LogCheckpoint checkpoint, string why) =>
            Assert.Contains(why, (await Assert.ThrowsAsync<CheckpointRefusedException>(() => target.DeliverAsync(checkpoint, Ct))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("w+00000000+BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("w+00000000")]
    [InlineData("w+00000000+AQID")]
    public void What_is_no_witness_key_is_refused(string key) => Assert.Throws<NoteException>(() => WitnessKey.Parse(key));

    [Fact]
    public void A_verifier_key_is_read_by_name_id_and_type()
    {
        // The first test key of RFC 8032.
        byte[] key = [4, .. Convert.FromHexString("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")];
        var id = Convert.ToHexStringLower(SHA256.HashData([.. "w.example"u8, 10, .. key]).AsSpan(0, 4));
        Assert.Equal("w.example", WitnessKey.Parse($"w.example+{id}+{Convert.ToBase64String(key)}").Name);
    }

    private static async Task<TestWitness> StartAsync(LedgerBed bed, bool postQuantum = false)
    {
        var witness = await TestWitness.StartAsync(Ct, postQuantum);
        foreach (var tenant in new[] { "acme", "globex" }) witness.Logs[LedgerOrigin.Of(LedgerBed.Origin, tenant, 0)] = bed.Key.ExportSubjectPublicKeyInfo();
        return witness;
    }

    private WitnessTarget Target(LedgerBed bed, TestWitness witness) =>
        new("w1", () => Client(witness), [WitnessKey.Parse(witness.VerifierKey)], bed.Audit, bed.Deliveries, bed.Table);

    private WitnessClient Client(TestWitness witness) => new(new HttpClient(_connections, disposeHandler: false) { BaseAddress = new(witness.Url + "/") });
}
