namespace ComplianceGrid.Streams.Postgres;

/// <summary>Streams over the event log of the grid's database.</summary>
public sealed class PostgresStreamOptions : GridStreamOptions
{
    /// <summary>As <c>grid_silo</c>. Null: the <c>NpgsqlDataSource</c> that the host has registered.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>How long a read of an empty queue waits for a hint; the latency of an event whose hint was lost.</summary>
    public TimeSpan HintWait { get; set; } = TimeSpan.FromMilliseconds(250);
}
