using Npgsql;

namespace ComplianceGrid.Storage.GrainState;

/// <summary>The connections of grain storage and of what drains it.</summary>
internal sealed class StorageDatabase(NpgsqlDataSource source) : IAsyncDisposable
{
    // Every statement here goes by key. A plan cached while a table was small would scan it when it is large.
    private const string ByKey = "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off";

    // A transaction here is two round trips with nothing in between. A process that stops there, frozen or cut off, holds rows that all silos write (counts,
    // queues' counters); PostgreSQL rolls it back, and whoever it was finds that out when it goes on.
    private const string Abandoned = "-c idle_in_transaction_session_timeout=2s";

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
        connection.Options = $"{connection.Options ?? ByKey} {Abandoned}";
        return new(new NpgsqlDataSourceBuilder(connection.ConnectionString).Build());
    }

    public ValueTask DisposeAsync() => Source.DisposeAsync();
}
