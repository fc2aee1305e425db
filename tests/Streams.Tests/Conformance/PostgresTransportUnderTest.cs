using ComplianceGrid.Events;
using ComplianceGrid.Storage.Parking;
using ComplianceGrid.Streams.Tests.Support;
using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Streams.Tests.Conformance;

/// <summary>A database for each provider: one event log has one reader.</summary>
internal sealed class PostgresTransportUnderTest : Transport
{
    private readonly Dictionary<string, GridDatabase> _databases = [];

    public override IReadOnlyDictionary<string, string> NotOffered { get; } = new Dictionary<string, string>
    {
        [nameof(ConformanceTests.A_subscriber_rewinds_to_a_token)] = "what a grain has saved is closed, and it need not hear it twice",
    };

    public override Arrivals NewArrivals() => new(Of(_databases.Keys.First()));

    public override async Task PrepareAsync(CancellationToken ct, params string[] providers)
    {
        foreach (var provider in providers) _databases[provider] = await GridDatabase.CreateAsync(ct);
    }

    public override void Add(ISiloBuilder silo, string provider, TimeSpan deliveryTime) => silo.AddPostgresStreams(provider, options =>
    {
        options.ConnectionString = Of(provider);
        options.MaxEventDeliveryTime = deliveryTime;
        options.MaxAttempts = 2;
        options.PubSub = Both;
        options.DeliveryBatch = DeliveryBatch;
    });

    public override Task PublishOutsideAsync(string provider, IEnumerable<ComplianceEvent> events, CancellationToken ct) =>
        TestEvents.AppendAsync(Of(provider), events, ct);

    public override async Task UntilSettledAsync(string provider, CancellationToken ct)
    {
        await using var database = NpgsqlDataSource.Create(Of(provider));
        await Eventually.TrueAsync(async () =>
        {
            await using var command = database.CreateCommand("SELECT count(*) FROM grid.event_log WHERE closed_at IS NULL");
            return await command.ExecuteScalarAsync(ct) is 0L;
        }, "every row is closed", ct);
    }

    public override async Task<IReadOnlyList<string>> ParkedAsync(string provider, CancellationToken ct)
    {
        await using var database = NpgsqlDataSource.Create(Of(provider));
        return [.. (await new ParkedEvents(database, TimeProvider.System).ListAsync(null, null, 10, ct)).Select(item => item.EventId)];
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var database in _databases.Values) await database.DisposeAsync();
    }

    private string Of(string provider) => _databases[provider].Grid(GridRole.Silo);
}
