using System.Diagnostics;
using System.Text;
using System.Text.Json;
using ComplianceGrid.Storage.Audit.Ledger;
using ComplianceGrid.Storage.Audit.Notes;
using ComplianceGrid.Storage.Audit.Verification;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Storage.Tests.Audit.Verification;

/// <summary>tests/Verifier, written from docs/ledger.md alone, agrees with the product on exports, proofs and checkpoints, good and bad.</summary>
public sealed class StrangerTests(TestLedger ledger) : IClassFixture<TestLedger>, IDisposable
{
    private static readonly string Script = Path.Combine(AppContext.BaseDirectory, "verify.py");

    private readonly string _folder = Directory.CreateTempSubdirectory("stranger-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Exports()
    {
        var tenant = ledger.NewTenant();
        await ledger.AppendAsync(tenant, 3, 8);
        var kept = await ledger.CheckpointAsync(tenant);
        await ledger.AppendAsync(tenant, 2);
        await ledger.OpenEpochAsync(tenant, 1, await ledger.CheckpointAsync(tenant));
        await ledger.AppendAsync(tenant, 4);
        foreach (var epoch in new[] { 0, 1 })
        {
            var export = await ledger.ExportAsync(tenant, epoch);
            var report = await VerifyAsync(export);
            Assert.Null(report.Misfit);
            Assert.Equal((0, $"{report.Origin}\n{report.Size}\n{report.Root}\n"), await StrangerAsync("export", [Write("export", export)]));
        }

        var first = await ledger.ExportAsync(tenant);
        Assert.Equal(0, (await StrangerAsync("export", [Write("export", first)], "--checkpoint", Write("kept", kept))).Code);
        Assert.Equal((1, "row 3: the checkpoint that was kept has more entries\n"), await StrangerAsync("export", [Write("export", await ShorterAsync())], "--checkpoint", Write("kept", kept)));

        async Task<byte[]> ShorterAsync()
        {
            await ledger.SpoilAsync($"DELETE FROM audit.audit_log WHERE tenant_id = '{tenant}' AND leaf_index >= 3; DELETE FROM audit.log_head WHERE tenant_id = '{tenant}' AND size > 3; DELETE FROM audit.checkpoint WHERE tenant_id = '{tenant}'");
            return await ledger.ExportAsync(tenant);
        }
    }

    [Fact]
    public async Task Altered_exports()
    {
        var tenant = ledger.NewTenant();
        await ledger.AppendAsync(tenant, 3, 2);
        await ledger.CheckpointAsync(tenant);
        var export = Encoding.UTF8.GetString(await ledger.ExportAsync(tenant));
        var lines = export.TrimEnd('\n').Split('\n');
        string[] altered =
        [
            export.Replace("u-1", "u-9"), // a record
            export.Replace("\"duration_ms\":1,", "\"duration_ms\":1.0,"),
            export.Replace("\"action\":\"LOGIN_FAILED\",\"created_at\"", "\"action\": \"LOGIN_FAILED\",\"created_at\""),
            export.Replace("\"v\":1}", "\"v\":2}"),
            export.Replace("é", "\\u00e9"),
            string.Join('\n', (string[])[lines[0], lines[2], lines[1], .. lines[3..]]) + "\n",
            string.Join('\n', (string[])[.. lines[..3], .. lines[4..]]) + "\n",
            string.Join('\n', (string[])[.. lines[..4], lines[3], .. lines[4..]]) + "\n",
            string.Join('\n', lines[..^2]) + "\n",
            string.Join('\n', lines[..4]) + "\n",
            export[..^30],
            export.Replace("\"prev_size\":3", "\"prev_size\":2"),
            export.Replace($"{TestLedger.Name}/{tenant}\\n5", $"{TestLedger.Name}/{tenant}\\n6"), // the checkpoint
            export.Replace(tenant, "another"),
        ];
        foreach (var one in altered)
        {
            Assert.NotEqual(export, one);
            Assert.False((await VerifyAsync(Encoding.UTF8.GetBytes(one))).Fits);
            Assert.Equal(1, (await StrangerAsync("export", [Write("export", one)])).Code);
        }

        var (code, what) = await StrangerAsync("export", [Write("export", altered[5])]);
        Assert.Equal((1, "rows 0 to 2: not what was appended\n"), (code, what)); // it names them as the product does
    }

    [Fact]
    public async Task Checkpoints_and_keys()
    {
        var note = ledger.Sign(new("test.example/ledger/acme", 17, MerkleHash.Empty));
        Assert.Equal((0, $"test.example/ledger/acme\n17\n{MerkleHash.Empty}\n"), await StrangerAsync("checkpoint", [Write("note", note)]));
        for (var n = 0; n < 20; n++) // signatures of every form: a leading zero byte or none
            Assert.Equal(0, (await StrangerAsync("checkpoint", [Write("note", ledger.Sign(new("test.example/ledger/acme", n, MerkleHash.Empty)))])).Code);
        foreach (var bad in new[] { note.Replace("17", "18"), note.Replace("17", "017"), note.Replace("\u2014 ", "- "), note.Replace("\n\n", "\n"), note[..^1], note.Replace("acme", "acne") })
            Assert.Equal(1, (await StrangerAsync("checkpoint", [Write("note", bad)])).Code);
    }

    [Fact]
    public async Task Proofs_of_inclusion_and_consistency()
    {
        var tenant = ledger.NewTenant();
        await ledger.AppendAsync(tenant, 11);
        var hashes = new LedgerHashes(ledger.Log.Auditor, tenant, 0);
        var origin = LedgerOrigin.Of(TestLedger.Name, tenant, 0);
        foreach (var (index, size) in new[] { (0, 1), (0, 11), (3, 8), (7, 11), (10, 11), (4, 7) })
        {
            var record = Write("record", (byte[])(await ledger.Log.ScalarAsync(GridRole.Superuser, $"SELECT record FROM audit.audit_log WHERE tenant_id = '{tenant}' AND leaf_index = {index}", Ct))!);
            var note = await NoteAsync(size);
            var path = string.Concat((await Proofs.InclusionAsync(hashes, index, size, Ct)).Select(hash => $"{hash}\n"));
            var proof = $"c2sp.org/tlog-proof@v1\nindex {index}\n{path}\n{note}";
            Assert.Equal((0, note[..note.IndexOf("\n\n", StringComparison.Ordinal)] + "\n"), await StrangerAsync("inclusion", [Write("proof", proof), record]));
            Assert.Equal(1, (await StrangerAsync("inclusion", [Write("proof", proof.Replace($"index {index}", $"index {index + 1}")), record])).Code);

            var (old, changed) = (Write("old", await NoteAsync(index + 1)), (await Proofs.ConsistencyAsync(hashes, index + 1, size, Ct)).Select(hash => hash.ToString()).ToArray());
            var json = JsonSerializer.Serialize(new { origin, from = index + 1, to = size, hashes = changed });
            Assert.Equal(0, (await StrangerAsync("consistency", [Write("json", json), old, Write("new", note)])).Code);
            if (size > index + 1)
                Assert.Equal(1, (await StrangerAsync("consistency", [Write("json", json), old, Write("new", ledger.Sign(new(origin, size, MerkleHash.Leaf("another"u8))))])).Code);
        }

        async Task<string> NoteAsync(int size) => ledger.Sign(new(origin, size, await Proofs.RootAsync(hashes, size, Ct)));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<LogReport> VerifyAsync(byte[] export) => new ExportVerification([ledger.Key], TimeProvider.System).VerifyAsync(new MemoryStream(export), ct: Ct);

    private string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    private string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private async Task<(int Code, string Output)> StrangerAsync(string verb, string[] files, params string[] options)
    {
        var start = new ProcessStartInfo("python3", [Script, verb, .. files, "--key", Write("key", ledger.Key.ToString()), .. options]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PYTHONUTF8"] = "1";
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        using var python = Process.Start(start)!;
        var error = python.StandardError.ReadToEndAsync(Ct);
        var output = await python.StandardOutput.ReadToEndAsync(Ct);
        await python.WaitForExitAsync(Ct);
        Assert.Equal("", await error); // a traceback is no answer
        return (python.ExitCode, output);
    }
}
