using ComplianceGrid.Events;
using ComplianceGrid.Storage.Events;
using ComplianceGrid.Storage.Sql;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Orleans.Streams;

namespace ComplianceGrid.Benchmarks.Streaming;

/// <summary>Publishes from this process, as each carrier's producers do.</summary>
internal abstract class CarrierClient : IAsyncDisposable
{
    public static async Task<CarrierClient> StartAsync(Carrier carrier, CancellationToken ct)
    {
        if (carrier.Kind == CarrierKind.Postgres) return new ToLog(carrier.Database);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.UseOrleansClient(client =>
        {
            client.UseLocalhostClustering(carrier.GatewayPort);
            carrier.AddTo(client);
        });
        var host = builder.Build();
        await host.StartAsync(ct);
        return new ToStream(host);
    }

    /// <summary>Returns when the event is where the carrier keeps it.</summary>
    public abstract Task PublishAsync(ComplianceEvent e);

    public abstract ValueTask DisposeAsync();

    private sealed class ToStream(IHost host) : CarrierClient
    {
        private readonly IStreamProvider _provider = host.Services.GetRequiredKeyedService<IStreamProvider>(StreamNamespaces.Provider);

        public override Task PublishAsync(ComplianceEvent e) => _provider.GetStream<ComplianceEvent>(StreamId.Create(e.Namespace, e.Key)).OnNextAsync(e);

        public override async ValueTask DisposeAsync()
        {
            await host.StopAsync();
            host.Dispose();
        }
    }

    /// <summary>As the product's writers do: what came while the last transaction was being committed is the next one, and the hint follows it.</summary>
    private sealed class ToLog : CarrierClient
    {
        private const int MostInOne = 256;

        private readonly NpgsqlDataSource _database;
        private readonly EventHints _hints;
        private readonly GroupQueue<(EventLogEntry Entry, TaskCompletionSource Done)> _queue;

        public ToLog(string database)
        {
            _database = NpgsqlDataSource.Create(database);
            _hints = new(_database, NullLogger<EventHints>.Instance);
            _queue = new(MostInOne, CommitAsync, (append, error) => append.Done.TrySetException(error));
        }

        public override Task PublishAsync(ComplianceEvent e)
        {
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _queue.Add((EventLogEntry.Of(e), done));
            return done.Task;
        }

        public override async ValueTask DisposeAsync()
        {
            await _queue.DisposeAsync();
            await _hints.DisposeAsync();
            await _database.DisposeAsync();
        }

        private async Task CommitAsync(List<(EventLogEntry Entry, TaskCompletionSource Done)> group)
        {
            List<EventLogEntry> entries = [.. group.Select(append => append.Entry)];
            await using var connection = await _database.OpenConnectionAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            await EventLog.AppendAsync(connection, transaction, entries);
            await transaction.CommitAsync();
            _hints.Signal(entries);
            foreach (var (_, done) in group) done.TrySetResult();
        }
    }
}
