using ComplianceGrid.Storage.Sql;
using Npgsql;

namespace ComplianceGrid.Storage.Inbox;

/// <summary>How often a vendor's object was read and told of: the source version of its events.</summary>
internal static class VendorObjects
{
    /// <summary>The rows stay locked until the commit, so versions follow the order of commits. In key order: no two wait for each other.</summary>
    private const string NextVersions = """
        INSERT INTO grid.vendor_object AS o (connection_id, kind, external_id, version)
        SELECT connection_id, kind, external_id, 1 FROM unnest($1, $2, $3) AS t (connection_id, kind, external_id) ORDER BY 1, 2, 3
            ON CONFLICT (connection_id, kind, external_id) DO UPDATE SET version = o.version + 1
        RETURNING connection_id, kind, external_id, version
        """;

    public static (string Connection, VendorObject Object) KeyOf(VendorFinding finding) => (finding.Connection, finding.Object);

    /// <summary>Runs the batch with this as its last command.</summary>
    /// <param name="batch">Of commands that return no rows.</param>
    /// <param name="findings">No two of the same object.</param>
    public static async Task<Dictionary<(string, VendorObject), long>> NextVersionsAsync(NpgsqlBatch batch, IReadOnlyList<VendorFinding> findings, CancellationToken ct)
    {
        batch.BatchCommands.Add(new(NextVersions)
        {
            Parameters = { Column.Text(findings, f => f.Connection), Column.Text(findings, f => f.Object.Kind), Column.Text(findings, f => f.Object.Id) },
        });
        Dictionary<(string, VendorObject), long> versions = [];
        await using var row = await batch.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct)) versions.Add((row.GetString(0), new(row.GetString(1), row.GetString(2))), row.GetInt64(3));
        return versions;
    }
}
