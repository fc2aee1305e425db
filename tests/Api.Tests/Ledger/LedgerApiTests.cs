using System.Net;
using System.Security.Cryptography;
using System.Text;
using ComplianceGrid.Api.Tests.Hosting;
using ComplianceGrid.Storage.Tests.Audit.Ledger;
using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Api.Tests.Ledger;

/// <summary>Checkpoints and proofs as a stranger takes them: by the published formats, with a tree and a signature check of the test's own.</summary>
[Collection(ApiCollection.Name)]
public sealed class LedgerApiTests(ApiFixture fixture, RealGridFixture grid) : IClassFixture<RealGridFixture>
{
    private readonly HttpClient _client = grid.Api.Client;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_checkpoint_is_what_the_log_is_signed_by_the_published_key()
    {
        var token = await AuditorAsync("ledger-checkpoint");
        await (await _client.SendAsync(token, HttpMethod.Get, "/audit/checkpoint")).RefusedAsync(HttpStatusCode.NotFound, GridError.NotFound);
        var note = await TextAsync(token, HttpMethod.Post, "/audit/checkpoint");

        var (origin, size, root) = await VerifiedAsync(token, note);
        Assert.Equal("compliance-grid.local/ledger/ledger-checkpoint", origin);
        Assert.Equal(NaiveTree.Root((await RecordsAsync("ledger-checkpoint"))[..size]), root);
        Assert.Equal(note, await TextAsync(token, HttpMethod.Get, $"/audit/checkpoint?size={size}"));
        Assert.Equal(note, await TextAsync(token, HttpMethod.Get, "/audit/checkpoint"));
        await (await _client.SendAsync(token, HttpMethod.Get, $"/audit/checkpoint?size={size + 1}")).RefusedAsync(HttpStatusCode.NotFound, GridError.NotFound);
        await (await _client.SendAsync(token, HttpMethod.Get, "/audit/checkpoint?size=-1")).RefusedAsync(HttpStatusCode.UnprocessableEntity, GridError.Invalid);
        await (await _client.SendAsync(token, HttpMethod.Get, "/audit/checkpoint?epoch=1")).RefusedAsync(HttpStatusCode.NotFound, GridError.NotFound);

        var later = await TextAsync(token, HttpMethod.Post, "/audit/checkpoint"); // the reads above have grown it
        Assert.True((await VerifiedAsync(token, later)).Size > size);
    }

    [Fact]
    public async Task A_proof_leads_from_the_entry_to_a_checkpoint_and_is_made_for_the_newest_entry_too()
    {
        var token = await AuditorAsync("ledger-inclusion");
        for (var n = 0; n < 5; n++) await _client.SendAsync(token, HttpMethod.Get, "/audit/logs");
        await TextAsync(token, HttpMethod.Post, "/audit/checkpoint");
        var entries = (await (await _client.SendAsync(token, HttpMethod.Get, "/audit/logs")).JsonAsync()).GetProperty("items").EnumerateArray().ToList();

        foreach (var entry in entries)
        {
            var proof = (await TextAsync(token, HttpMethod.Get, $"/audit/logs/{entry.GetProperty("id").GetGuid()}/proof")).Split("\n\n", 2);
            var lines = proof[0].Split('\n');
            var (_, size, root) = await VerifiedAsync(token, proof[1]);
            var records = (await RecordsAsync("ledger-inclusion"))[..size];
            var index = entry.GetProperty("leafIndex").GetInt32();
            Assert.Equal(["c2sp.org/tlog-proof@v1", $"index {index}"], lines[..2]);
            Assert.Equal(NaiveTree.Path(index, records).Select(Convert.ToBase64String), lines[2..]);
            Assert.Equal(NaiveTree.Root(records), root);
        }

        var other = await AuditorAsync("ledger-inclusion-other");
        await (await _client.SendAsync(other, HttpMethod.Get, $"/audit/logs/{entries[0].GetProperty("id").GetGuid()}/proof")).RefusedAsync(HttpStatusCode.NotFound, GridError.NotFound);
    }

    [Fact]
    public async Task A_later_log_begins_with_an_earlier_one()
    {
        var token = await AuditorAsync("ledger-consistency");
        for (var n = 0; n < 6; n++) await _client.SendAsync(token, HttpMethod.Get, "/audit/logs");
        var records = await RecordsAsync("ledger-consistency");

        for (var (from, to) = (1, records.Length); from <= to; from++)
        {
            var answer = await (await _client.SendAsync(token, HttpMethod.Get, $"/audit/proof/consistency?from={from}&to={to}")).JsonAsync();
            Assert.Equal(("compliance-grid.local/ledger/ledger-consistency", from, to),
                (answer.GetProperty("origin").GetString(), answer.GetProperty("from").GetInt32(), answer.GetProperty("to").GetInt32()));
            Assert.Equal(NaiveTree.Proof(from, records[..to]).Select(Convert.ToBase64String), answer.GetProperty("hashes").EnumerateArray().Select(hash => hash.GetString()));
        }

        foreach (var bad in new[] { "from=2&to=1", "from=1&to=1000000", "from=x&to=1", "to=1", "from=-1&to=1", "from=1&to=99999999999999999999" })
            await (await _client.SendAsync(token, HttpMethod.Get, $"/audit/proof/consistency?{bad}")).RefusedAsync(HttpStatusCode.UnprocessableEntity, GridError.Invalid);
    }

    [Theory]
    [InlineData("ledger-cut", "DELETE FROM audit.log_head WHERE tenant_id = 'ledger-cut' AND size > 1; DELETE FROM audit.audit_log WHERE tenant_id = 'ledger-cut' AND leaf_index >= 1")]
    [InlineData("ledger-gone", "DELETE FROM audit.log_head WHERE tenant_id = 'ledger-gone'; DELETE FROM audit.audit_log WHERE tenant_id = 'ledger-gone'")]
    [InlineData("ledger-restored", "DELETE FROM audit.checkpoint WHERE tenant_id = 'ledger-restored'; DELETE FROM audit.log_head WHERE tenant_id = 'ledger-restored' AND size > 1; DELETE FROM audit.audit_log WHERE tenant_id = 'ledger-restored' AND leaf_index >= 1")]
    [InlineData("ledger-forged", "UPDATE audit.checkpoint SET note = replace(note, 'ledger-forged', 'ledger-forget') WHERE tenant_id = 'ledger-forged'")]
    [InlineData("ledger-swapped", "UPDATE audit.checkpoint SET root = sha256('x') WHERE tenant_id = 'ledger-swapped'")]
    public async Task A_log_that_is_not_what_was_signed_gets_no_signature(string tenant, string change)
    {
        var token = await AuditorAsync(tenant);
        for (var n = 0; n < 3; n++) await _client.SendAsync(token, HttpMethod.Get, "/audit/logs");
        await TextAsync(token, HttpMethod.Post, "/audit/checkpoint");
        await using var superuser = NpgsqlDataSource.Create(fixture.Reads.Database.Audit(GridRole.Superuser));
#pragma warning disable CA2100 // the cases above
        await using (var tamper = superuser.CreateCommand($"SET session_replication_role = replica; {change}; SET session_replication_role = origin"))
#pragma warning restore CA2100
            await tamper.ExecuteNonQueryAsync(Ct);

        await (await _client.SendAsync(token, HttpMethod.Post, "/audit/checkpoint")).RefusedAsync(HttpStatusCode.ServiceUnavailable, GridError.Unavailable);
        Assert.Contains(tenant, await (await _client.GetAsync("/health/ready", Ct)).Content.ReadAsStringAsync(Ct));
    }

    private Task<string> AuditorAsync(string tenant) => fixture.Api.TokenAsync(tenant, ["Auditor"]);

    private async Task<string> TextAsync(string token, HttpMethod method, string path)
    {
        var answer = await _client.SendAsync(token, method, path);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Ct));
        Assert.Equal("text/plain", answer.Content.Headers.ContentType?.MediaType);
        return await answer.Content.ReadAsStringAsync(Ct);
    }

    /// <summary>By C2SP signed-note and tlog-checkpoint, and .NET's own ECDSA.</summary>
    private async Task<(string Origin, int Size, byte[] Root)> VerifiedAsync(string token, string note)
    {
        var parts = note.Split("\n\n");
        var (text, signature) = (parts[0] + "\n", parts[1].TrimEnd('\n').Split(' '));
        var key = (await TextAsync(token, HttpMethod.Get, "/audit/keys")).Split('\n')[0].Split('+', 3);
        var spki = Convert.FromBase64String(key[2])[1..];
        var id = SHA256.HashData(spki)[..4];
        var signed = Convert.FromBase64String(signature[2]);
        using var ecdsa = ECDsa.Create();
        ecdsa.ImportSubjectPublicKeyInfo(spki, out _);

        Assert.Equal(("—", key[0], Convert.ToHexStringLower(id)), (signature[0], signature[1], key[1]));
        Assert.Equal(id, signed[..4]);
        Assert.True(ecdsa.VerifyData(Encoding.UTF8.GetBytes(text), signed[4..], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        var lines = text.Split('\n');
        return (lines[0], int.Parse(lines[1], null), Convert.FromBase64String(lines[2]));
    }

    private async Task<byte[][]> RecordsAsync(string tenant)
    {
        await using var superuser = NpgsqlDataSource.Create(fixture.Reads.Database.Audit(GridRole.Superuser));
        await using var command = superuser.CreateCommand("SELECT record FROM audit.audit_log WHERE tenant_id = $1 ORDER BY leaf_index");
        command.Parameters.Add(new() { Value = tenant });
        List<byte[]> records = [];
        await using var row = await command.ExecuteReaderAsync(Ct);
        while (await row.ReadAsync(Ct)) records.Add(row.GetFieldValue<byte[]>(0));
        return [.. records];
    }
}
