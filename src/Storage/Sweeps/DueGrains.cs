using System.Runtime.CompilerServices;
using Npgsql;

namespace ComplianceGrid.Storage.Sweeps;

/// <summary>A grain that must look again: what it is and where, nothing of what it holds.</summary>
public readonly record struct DueGrain(string StateName, string Key);

/// <summary>Which grains are due, as <c>grid_sweeper</c>: the one role that reads across tenants, and keys and times alone.</summary>
public sealed class DueGrains(NpgsqlDataSource sweeper)
{
    private const string Due = """
        SELECT state_name, grain_key FROM grid.grain_state WHERE due_at <= $1 ORDER BY due_at LIMIT $2
        """;

    private const string BehindPolicy = """
        SELECT s.state_name, s.grain_key
          FROM grid.policy p
               CROSS JOIN LATERAL (SELECT state_name, grain_key FROM grid.grain_state
                                    WHERE tenant_id = p.tenant_id AND policy_version < p.version LIMIT $1) s
         LIMIT $1
        """;

    /// <summary>Those whose time has come, longest first.</summary>
    public async Task<IReadOnlyList<DueGrain>> DueAsync(DateTimeOffset now, int limit, CancellationToken ct)
    {
        await using var command = sweeper.CreateCommand(Due);
        command.Parameters.Add(new() { Value = now });
        command.Parameters.Add(new() { Value = limit });
        return await ReadAsync(command, ct).ToListAsync(ct);
    }

    /// <summary>Those that were evaluated with an older policy than the one in force.</summary>
    public async Task<IReadOnlyList<DueGrain>> BehindPolicyAsync(int limit, CancellationToken ct)
    {
        await using var command = sweeper.CreateCommand(BehindPolicy);
        command.Parameters.Add(new() { Value = limit });
        return await ReadAsync(command, ct).ToListAsync(ct);
    }

    private static async IAsyncEnumerable<DueGrain> ReadAsync(NpgsqlCommand command, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) yield return new(reader.GetString(0), reader.GetString(1));
    }
}
