using System.Text.Json;
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
    private static readonly OutboxRelaySettings Settings = new(Batch: 100, Lease: TimeSpan.FromSeconds(2), Idle: TimeSpan.FromMilliseconds(20));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_lost_or_doubled_by_a_failing_ledger_lost_answers_and_a_relay_that_dies_midway()
    {
        const int Messages = 2000;
        await using var silo = await TestSilo.StartAsync(grid.Arguments(), Ct);
        await WriteAsync(silo, Messages);
        var store = silo.Services.GetRequiredService<OutboxStore>();
        var dies = new FaultyDispatcher(new AuditDispatcher(silo.Grains, store), hangsAt: 8);
        using OutboxRelay first = Relay(store, dies), second = Relay(store, new FaultyDispatcher(new AuditDispatcher(silo.Grains, store)));

        await first.StartAsync(Ct);
        await dies.Hanging.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        await first.StopAsync(new CancellationToken(canceled: true)); // not waited for: its batch is in the ledger and still in the outbox
        Assert.InRange(await InLedgerAsync("count(*)"), 100, Messages - 100);

        await second.StartAsync(Ct);
        await Db.UntilAsync(grid.Database.Grid(GridRole.Silo), "SELECT count(*) FROM grid.outbox", 0L, Ct);
        await second.StopAsync(Ct);

        Assert.Equal(Messages, await InLedgerAsync("count(*)"));
        Assert.Equal(Messages, await InLedgerAsync("count(DISTINCT id)"));
    }

    private Task<long> InLedgerAsync(string count) =>
        Db.ScalarAsync<long>(grid.Database.Audit(GridRole.AuditWriter), $"SELECT {count} FROM audit.audit_log WHERE tenant_id = $1", Ct, Tenant);

    private static OutboxRelay Relay(OutboxStore store, IOutboxDispatcher dispatcher) =>
        new(OutboxKinds.Audit, Shard, Settings, store, dispatcher, TimeProvider.System, NullLogger<OutboxRelay>.Instance);

    private static async Task WriteAsync(TestSilo silo, int messages)
    {
        await using var connection = await silo.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(Ct);
        await using var batch = new NpgsqlBatch(connection);
        OutboxInsert.Add(batch, [.. Enumerable.Range(0, messages).Select(Message)]);
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
}
