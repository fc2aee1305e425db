namespace ComplianceGrid.Storage.GrainState;

/// <summary>Settings of <see cref="GridStorage"/>.</summary>
public sealed class GridStorageOptions
{
    /// <summary>To the grid database as <c>grid_silo</c>.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>
    /// Transactions that may commit at the same time: a further one begins when 64 writes wait for each of those before it. More than
    /// processors gain nothing.
    /// </summary>
    public int Writers { get; set; } = Math.Clamp(Environment.ProcessorCount, 2, 8);

    /// <summary>Most grain writes in one transaction.</summary>
    public int MaxBatch { get; set; } = 128;

    /// <summary>After which a statement is given up.</summary>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(10);

    internal bool IsValid => ConnectionString.Length > 0 && Writers is >= 1 and <= 16 && MaxBatch >= 1 && CommandTimeout >= TimeSpan.FromSeconds(1);
}
