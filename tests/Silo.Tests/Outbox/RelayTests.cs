using System.Text.Json;
using System.Threading.Channels;
using ComplianceGrid.Audit;
using ComplianceGrid.Silo.Outbox;
using ComplianceGrid.Silo.Tests.Hosting;
using ComplianceGrid.Storage;
using ComplianceGrid.Storage.Outbox;
using ComplianceGrid.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace ComplianceGrid.Silo.Tests.Outbox;

public sealed class RelayTests(TestGrid grid) : IClassFixture<TestGrid>
{
    private const string Tenant = "acme";
    private static readonly int Shard = LedgerShards.Of(Tenant);
    private static readonly OutboxRelaySettings Settings = new(Batch: 100, Lease: TimeSpan.FromSeconds(2), Idle: TimeSpan.FromMilliseconds(20), Look: TimeSpan.Zero);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_lost_or_doubled_by_a_failing_ledger_lost_answers_and_a_relay_that_dies_midway()
    {
        const int Messages = 2000;
        await using var silo = await TestSilo.StartAsync(grid.Arguments(), Ct);
        await WriteAsync(silo.Services.GetRequiredService<NpgsqlDataSource>(), Enumerable.Range(0, Messages).Select(Message));
        var store = silo.Services.GetRequiredService<OutboxStore>();
        var dies = new FaultyDispatcher(new AuditDispatcher(silo.Grains, store), hangsAt: 8);
        using OutboxRelay first = Relay(store, dies), second = Relay(store, new FaultyDispatcher(new AuditDispatcher(silo.Grains, store)));

        await first.StartAsync(Ct);
        await dies.Hanging.WaitAsync(Eventually.Patience, Ct);
        await first.StopAsync(new CancellationToken(canceled: true)); // not waited for: its batch is in the ledger and still in the outbox
        Assert.InRange(await InLedgerAsync("count(*)"), 100, Messages - 100);

        await second.StartAsync(Ct);
        await Db.UntilAsync(grid.Database.Grid(GridRole.Silo), "SELECT count(*) FROM grid.outbox", 0L, Ct);
        await second.StopAsync(Ct);

        Assert.Equal(Messages, await InLedgerAsync("count(*)"));
        Assert.Equal(Messages, await InLedgerAsync("count(DISTINCT id)"));
    }

    [Fact]
    public async Task What_this_process_committed_is_handed_over_without_a_look_for_what_others_left()
    {
        await using var database = NpgsqlDataSource.Create(grid.Database.Grid(GridRole.Silo));
        var (store, hints, taken) = (new OutboxStore(database), new OutboxHints(), new Taken());
        using var relay = new OutboxRelay("test", 0, Settings with { Idle = TimeSpan.FromMilliseconds(1), Look = TimeSpan.FromHours(1) },
            store, hints, taken, TimeProvider.System, NullLogger<OutboxRelay>.Instance);
        await relay.StartAsync(Ct);
        foreach (var number in new[] { 1, 2, 3 })
        {
            var message = Message(number) with { Kind = "test", Shard = 0 };
            await WriteAsync(database, [message]);
            hints.Signal([message]);
            Assert.Equal(message.Id, await taken.NextAsync(Ct));
        }

        await relay.StopAsync(Ct);
    }

    private Task<long> InLedgerAsync(string count) =>
        Db.ScalarAsync<long>(grid.Database.Audit(GridRole.AuditWriter), $"SELECT {count} FROM audit.audit_log WHERE tenant_id = $1", Ct, Tenant);

    private static OutboxRelay Relay(OutboxStore store, IOutboxDispatcher dispatcher) =>
        new(OutboxKinds.Audit, Shard, Settings, store, new OutboxHints(), dispatcher, TimeProvider.System, NullLogger<OutboxRelay>.Instance);

    private static async Task WriteAsync(NpgsqlDataSource database, IEnumerable<OutboxMessage> messages)
    {
        await using var connection = await database.OpenConnectionAsync(Ct);
        await using var batch = new NpgsqlBatch(connection);
        OutboxInsert.Add(batch, [.. messages]);
        await batch.ExecuteNonQueryAsync(Ct);
    }

    private static OutboxMessage Message(int number)
    {
        var now = TimeProvider.System.GetUtcNow();
        var entry = new AuditEntry
        {
            Id = DerivedId.Of("test", $"{number}"),
            Timestamp = now,
            TenantId = Tenant,
            UserId = "user-1",
            UserRole = "ComplianceManager",
            Action = AuditAction.Update,
            Resource = "employees",
            Success = true,
        };
        return new(entry.Id, Tenant, OutboxKinds.Audit, Shard, JsonSerializer.SerializeToUtf8Bytes(entry, GridJson.Options), null);
    }

    private sealed class Taken : IOutboxDispatcher
    {
        private readonly Channel<Guid> _ids = Channel.CreateUnbounded<Guid>();

        public Task<Guid> NextAsync(CancellationToken ct) => _ids.Reader.ReadAsync(ct).AsTask().WaitAsync(Eventually.Patience, ct);

        public async Task<IReadOnlyCollection<Guid>> DispatchAsync(IReadOnlyList<ClaimedMessage> messages, CancellationToken ct)
        {
            foreach (var claimed in messages) await _ids.Writer.WriteAsync(claimed.Message.Id, ct);
            return [.. messages.Select(claimed => claimed.Message.Id)];
        }
    }
}
