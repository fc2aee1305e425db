using Npgsql;

namespace ComplianceGrid.Storage.Sql;

/// <summary>PostgreSQL was restarted, so every idle connection of a pool is dead, and the next to be used says so.</summary>
internal static class LostConnection
{
    /// <summary>Once more on a new connection, when the first was lost.</summary>
    /// <param name="read">May be repeated.</param>
    public static async Task<T> RepeatAsync<T>(NpgsqlDataSource source, Func<Task<T>> read)
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (NpgsqlException e) when (IsLost(e))
        {
            source.Clear();
            return await read().ConfigureAwait(false);
        }
    }

    private static bool IsLost(NpgsqlException e) =>
        e.InnerException is IOException || e.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown;
}
