using Npgsql;

namespace ComplianceGrid.Cluster.Processes;

/// <summary>What silos say of each other in PostgreSQL.</summary>
internal static class Membership
{
    private const int Dead = 6; // the number of Orleans' SiloStatus.Dead

    /// <summary>Whether a silo, as it was started last, is declared dead; no other service ever is.</summary>
    public static async Task<bool> IsDeadAsync(NpgsqlDataSource database, string silo, CancellationToken ct)
    {
        await using var command = database.CreateCommand("SELECT status FROM orleans.membership WHERE siloname = $1 ORDER BY generation DESC LIMIT 1");
        command.Parameters.Add(new() { Value = silo });
        return await command.ExecuteScalarAsync(ct) is Dead;
    }
}
