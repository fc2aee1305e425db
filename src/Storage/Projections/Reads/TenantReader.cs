using ComplianceGrid.Storage.Sql;
using ComplianceGrid.Tenancy;
using Npgsql;

namespace ComplianceGrid.Storage.Projections.Reads;

/// <summary>
/// Runs a query for one tenant, as <c>grid_api</c> or <c>grid_silo</c>, whose policies read a setting each. The tenant is set in the same batch, which is one implicit transaction and
/// one round trip; row-level security then shows that tenant's rows and no others, whatever the query says.
/// </summary>
internal sealed class TenantReader(NpgsqlDataSource dataSource)
{
    private const string SetTenant = "SELECT set_config('app.tenant_id', $1, true), set_config('app.tenant_ids', $1, true)";

    /// <summary>The rows of all queries, in order.</summary>
    public Task<List<T>> ReadAsync<T>(TenantId tenant, Func<NpgsqlDataReader, T> map, CancellationToken ct, params Query[] queries) =>
        LostConnection.RepeatAsync(dataSource, () => ReadOnceAsync(tenant, map, ct, queries));

    private async Task<List<T>> ReadOnceAsync<T>(TenantId tenant, Func<NpgsqlDataReader, T> map, CancellationToken ct, Query[] queries)
    {
        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(new Query(SetTenant, new NpgsqlParameter<string> { TypedValue = tenant.Value }).Command());
        foreach (var query in queries) batch.BatchCommands.Add(query.Command());

        await using var reader = await batch.ExecuteReaderAsync(ct).ConfigureAwait(false);
        var rows = new List<T>();
        while (await reader.NextResultAsync(ct).ConfigureAwait(false))
            while (await reader.ReadAsync(ct).ConfigureAwait(false)) rows.Add(map(reader));
        return rows;
    }
}

/// <summary>A statement and its positional parameters.</summary>
internal sealed record Query(string Sql, params NpgsqlParameter[] Parameters)
{
    public NpgsqlBatchCommand Command()
    {
        var command = new NpgsqlBatchCommand(Sql);
        foreach (var parameter in Parameters) command.Parameters.Add(parameter.Clone());
        return command;
    }
}
