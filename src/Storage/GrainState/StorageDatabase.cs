using Npgsql;

namespace ComplianceGrid.Storage.GrainState;

/// <summary>The connections of grain storage and of what drains it.</summary>
internal sealed class StorageDatabase(NpgsqlDataSource source) : IAsyncDisposable
{
    // Every statement here goes by key. A plan cached while a table was small would scan it when it is large.
    private const string ByKey = "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off";

    public NpgsqlDataSource Source { get; } = source;

    public static StorageDatabase Open(GridStorageOptions options)
    {
        var connection = new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            MaxAutoPrepare = 100,
            AutoPrepareMinUsages = 2,
            NoResetOnClose = true,
            CommandTimeout = (int)options.CommandTimeout.TotalSeconds,
            ApplicationName = "grid-storage",
        };
        connection.Options ??= ByKey;
        return new(new NpgsqlDataSourceBuilder(connection.ConnectionString).Build());
    }

    public ValueTask DisposeAsync() => Source.DisposeAsync();
}
