using System.Collections.Concurrent;
using Npgsql;

namespace ComplianceGrid.Benchmarks.Visibility;

/// <summary>Looks every few milliseconds, as role grid_api, which of those asked for are green in the projection: one query for all of them.</summary>
internal sealed class ProjectionWatch(string connection, string tenant) : IAsyncDisposable
{
    private const string Green = """
        SELECT e.employee_id
          FROM unnest($2) AS awaited (employee_id)
               CROSS JOIN LATERAL (SELECT employee_id, status FROM grid.employee WHERE tenant_id = $1 AND employee_id = awaited.employee_id LIMIT 1) e
         WHERE e.status = 0
        """;

    private readonly NpgsqlDataSource _database = NpgsqlDataSource.Create(connection + ";Max Auto Prepare=10;Auto Prepare Min Usages=2;No Reset On Close=true");
    private readonly ConcurrentDictionary<Guid, TaskCompletionSource> _awaited = new();

    /// <summary>Ends when the person is green.</summary>
    public Task GreenAsync(Guid employee) =>
        _awaited.GetOrAdd(employee, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            if (!_awaited.IsEmpty) await LookAsync(ct);
            await Task.Delay(10, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private async Task LookAsync(CancellationToken ct)
    {
        await using var batch = _database.CreateBatch(); // one implicit transaction, in which the setting holds
        batch.BatchCommands.Add(new("SELECT set_config('app.tenant_id', $1, true)") { Parameters = { new() { Value = tenant } } });
        batch.BatchCommands.Add(new(Green) { Parameters = { new() { Value = tenant }, new() { Value = _awaited.Keys.ToArray() } } });
        await using var row = await batch.ExecuteReaderAsync(ct);
        await row.NextResultAsync(ct);
        while (await row.ReadAsync(ct))
            if (_awaited.TryRemove(row.GetGuid(0), out var awaited)) awaited.SetResult();
    }
}
