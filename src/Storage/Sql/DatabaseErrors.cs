using Npgsql;

namespace ComplianceGrid.Storage.Sql;

/// <summary>What an exception of the database means to whoever asked for something.</summary>
internal static class DatabaseErrors
{
    /// <summary>
    /// Nothing was committed: the connection failed before COMMIT was sent, PostgreSQL is out of resources or going down, or has given this transaction
    /// up because we were silent in it.
    /// </summary>
    public static bool IsAway(Exception e) => e switch
    {
        PostgresException p => p.SqlState is "25P03" || p.SqlState[..2] is "08" or "53" or "57" or "58" or "XX",
        NpgsqlException or IOException or TimeoutException or OperationCanceledException => true,
        _ => false,
    };

    /// <summary>For a caller in another process, who cannot read the database's own exceptions.</summary>
    /// <param name="refused">What the database did not do, where it is not away.</param>
    public static GridException Refusal(NpgsqlException e, string refused) => e.IsTransient || IsAway(e)
        ? new(GridError.Unavailable, "A database is away. Try again.")
        : new(GridError.Fault, $"{refused} ({e.SqlState}).");
}
