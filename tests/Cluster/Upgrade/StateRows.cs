using System.Text.Json.Nodes;
using ComplianceGrid.Storage.Encryption;
using ComplianceGrid.Tenancy;
using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Cluster.Upgrade;

/// <summary>Grains' states as they are stored, opened and sealed anew: what a silo of another build would have written.</summary>
internal sealed class StateRows : IAsyncDisposable
{
    private readonly NpgsqlDataSource _database;
    private readonly StateSealer _sealer;

    private StateRows(NpgsqlDataSource database, string masterKey) =>
        (_database, _sealer) = (database, new(new(new TenantKeyStore(database), FileMasterKey.Load(masterKey), TimeProvider.System), "compliance-grid"));

    public static async Task<StateRows> OfAsync(LocalGrid grid) =>
        new(NpgsqlDataSource.Create(await grid.SuperuserAsync("grid")), Path.Combine(grid.State, "keys", "silo-master.key"));

    public async Task<JsonObject> ReadAsync(string state, string key, CancellationToken ct) => (await RowAsync(state, key, ct)).State;

    /// <summary>The next version of the row, by another build: whoever has the one before is refused when it writes.</summary>
    public async Task RewriteAsync(string state, string key, Action<JsonObject> change, CancellationToken ct)
    {
        var (json, version) = await RowAsync(state, key, ct);
        change(json);
        var box = await _sealer.SealAsync(new(TenantKeys.TenantOf(key), state, key, version + 1), System.Text.Encoding.UTF8.GetBytes(json.ToJsonString()));
        await using var command = _database.CreateCommand("UPDATE grid.grain_state SET version = $3 + 1, payload = $4 WHERE state_name = $1 AND grain_key = $2 AND version = $3");
        foreach (var value in new object[] { state, key, version, box }) command.Parameters.Add(new() { Value = value });
        Assert.Equal(1, await command.ExecuteNonQueryAsync(ct));
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private async Task<(JsonObject State, long Version)> RowAsync(string state, string key, CancellationToken ct)
    {
        await using var command = _database.CreateCommand("SELECT version, payload FROM grid.grain_state WHERE state_name = $1 AND grain_key = $2");
        command.Parameters.Add(new() { Value = state });
        command.Parameters.Add(new() { Value = key });
        await using var row = await command.ExecuteReaderAsync(ct);
        Assert.True(await row.ReadAsync(ct));
        var version = row.GetInt64(0);
        var json = await _sealer.OpenAsync(new(TenantKeys.TenantOf(key), state, key, version), row.GetFieldValue<byte[]>(1));
        return (JsonNode.Parse(json)!.AsObject(), version);
    }
}
