using System.Text.Json.Nodes;
using Npgsql;

namespace ComplianceGrid.Cluster.Auditing;

/// <summary>The log's records as they are stored, read as superuser and by nothing of the product.</summary>
internal static class LogRecords
{
    /// <returns>By request id, each request's in their order.</returns>
    public static async Task<ILookup<string, JsonObject>> ByRequestAsync(string superuser, string[] requests, CancellationToken ct)
    {
        await using var database = NpgsqlDataSource.Create(superuser);
        await using var command = database.CreateCommand("SELECT record FROM audit.audit_log WHERE request_id = ANY ($1) ORDER BY tenant_id, epoch, leaf_index");
        command.Parameters.Add(new() { Value = requests });
        List<JsonObject> records = [];
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) records.Add(JsonNode.Parse(reader.GetFieldValue<byte[]>(0))!.AsObject());
        return records.ToLookup(record => record["request_id"]!.GetValue<string>());
    }
}
