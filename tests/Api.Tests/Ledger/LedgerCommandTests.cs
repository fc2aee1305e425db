using System.Security.Cryptography;
using System.Text.Json;
using ComplianceGrid.Api.Ledger.Verification;
using ComplianceGrid.Api.Tests.Hosting;
using ComplianceGrid.Storage.Audit.Notes;
using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Api.Tests.Ledger;

/// <summary>The operators' verbs on a real grid's log.</summary>
[Collection(ApiCollection.Name)]
public sealed class LedgerCommandTests(ApiFixture fixture, RealGridFixture grid) : IClassFixture<RealGridFixture>, IDisposable
{
    private const string Tenant = "ledger-verbs";
    private readonly string _folder = Directory.CreateTempSubdirectory("ledger-verbs-").FullName;
    private readonly StringWriter _output = new(), _error = new();

    [Fact]
    public async Task A_log_is_exported_on_record_and_verified_with_and_without_its_database()
    {
        await grid.Api.TokenAsync(Tenant, ["Employee"]); // a log-on is an entry
        await Eventually.TrueAsync(async () => await VerifyAsync("--tenant", Tenant) == 0, "the log-on is in the log", TestContext.Current.CancellationToken); // a slow store gets it by the spool
        var export = Path.Combine(_folder, "log");

        Assert.Equal(0, await ExportAsync("export", "--tenant", Tenant, "--out", export));
        var records = (await File.ReadAllLinesAsync(export, TestContext.Current.CancellationToken)).Where(line => line.StartsWith("{\"record\":", StringComparison.Ordinal)).ToArray();
        var last = JsonDocument.Parse(records[^1]).RootElement.GetProperty("record");
        Assert.Equal(("EXPORT", $"operator:{Environment.UserName}", $"compliance-grid.local/ledger/{Tenant}"),
            (last.GetProperty("action").GetString(), last.GetProperty("user_id").GetString(), last.GetProperty("resource_id").GetString()));

        _output.GetStringBuilder().Clear();
        Assert.True(await VerifyAsync("--tenant", Tenant) == 0, $"{_output}{_error}");
        Assert.StartsWith($"✓ compliance-grid.local/ledger/{Tenant}", _output.ToString());
        Assert.Equal(0, await VerifyAsync("--export", export, "--key", Key()));
        Assert.Contains($"{records.Length} entries, root ", _output.ToString());

        Assert.Equal(2, await ExportAsync("export", "--tenant", Tenant, "--out", export)); // what is there is not written over
        Assert.Equal(1, await ExportAsync("export", "--tenant", "nobody", "--out", export + "2"));
        Assert.Equal([export, Key()], Directory.GetFiles(_folder).Order());
    }

    [Fact]
    public async Task What_does_not_fit_is_named_and_is_exit_code_1()
    {
        const string tenant = Tenant + "-spoiled";
        await grid.Api.TokenAsync(tenant, ["Employee"]);
        await Eventually.TrueAsync(async () => await VerifyAsync("--tenant", tenant) == 0, "the log-on is in the log", TestContext.Current.CancellationToken); // a slow store gets it by the spool
        await SpoilAsync($"UPDATE audit.audit_log SET user_id = 'nobody' WHERE tenant_id = '{tenant}' AND leaf_index = 0");

        Assert.Equal(1, await VerifyAsync("--tenant", tenant));
        Assert.Contains("FIRST MISFIT  row 0 (id ", _output.ToString());
        Assert.Equal(1, await VerifyAsync());
        Assert.Equal(1, await VerifyAsync("--tenant", "nobody"));
    }

    [Theory]
    [InlineData("--tenant")]
    [InlineData("--tenant", "NO SLUG")]
    [InlineData("--epoch", "1")]
    [InlineData("--tenant", "acme", "--epoch", "-1")]
    [InlineData("--tenant", "acme", "--export", "file")]
    [InlineData("--out", "file")]
    [InlineData("--export", "/no/such/file")]
    [InlineData("--checkpoint", "/no/such/file")]
    public async Task What_is_not_understood_or_not_there_is_exit_code_2(params string[] args)
    {
        Assert.Equal(2, await VerifyAsync(args));
        Assert.NotEmpty(_error.ToString());
        Assert.Equal(2, await ExportAsync(["export", .. args]));
    }

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        _output.Dispose();
        _error.Dispose();
    }

    private Task<int> VerifyAsync(params string[] args) => VerifyCommand.RunAsync(args, _output, _error, Options());

    private Task<int> ExportAsync(params string[] args) => ExportCommand.RunAsync(args, _output, _error, Options());

    private string[] Options() => [.. fixture.Settings(cluster: "real").Select(setting => $"--{setting.Key}={setting.Value}"), "--Logging:LogLevel:Default=None", "--environment=Development"];

    private string Key()
    {
        var path = Path.Combine(_folder, "vkey");
        if (File.Exists(path)) return path;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(path, new VerifierKey(new LedgerOptions().Origin, key.ExportSubjectPublicKeyInfo()).ToString());
        return path;
    }

    private async Task SpoilAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(fixture.Reads.Database.Audit(GridRole.Superuser));
        await connection.OpenAsync();
#pragma warning disable CA2100 // the test's own
        await using var command = new NpgsqlCommand("SET session_replication_role = replica; " + sql, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }
}
