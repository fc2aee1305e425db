using System.Security.Cryptography;
using System.Text;
using ComplianceGrid.Audit;
using ComplianceGrid.Storage.Inbox;
using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Storage.Tests.Inbox;

/// <summary>What is stored with a lease, and what without.</summary>
public sealed class WebhookInboxTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    private GridDatabase _database = null!;
    private NpgsqlDataSource _source = null!;
    private WebhookInbox _inbox = null!;
    private InboxLeases _leases = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await GridDatabase.CreateAsync(Ct);
        _source = NpgsqlDataSource.Create(_database.Grid(GridRole.Gateway));
        (_inbox, _leases) = (new(_source), new(_source));
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_row_comes_with_its_lease_unless_its_object_has_one_or_it_needs_no_work()
    {
        var first = await _inbox.CommitAsync([Delivery("1", "a"), Delivery("2", "a"), Delivery("3", "b", ignored: true), Delivery("1", "a"), Delivery("1", "a", body: "other")], Lease, Ct);
        Assert.Equal([DeliveryOutcome.Stored, DeliveryOutcome.Stored, DeliveryOutcome.Stored, DeliveryOutcome.Duplicate, DeliveryOutcome.Conflict], first.Select(d => d.Outcome));
        var leased = Assert.Single(first, d => d.Leased is not null).Leased!;
        Assert.Equal((new WebhookId("c", "1"), new VendorObject("report", "a"), "report.updated", "acme", 0), (leased.Webhook, leased.Object, leased.EventType, leased.Tenant, leased.Attempt));

        var claimed = await _leases.ClaimAsync(10, Lease, Ct);
        Assert.Empty(claimed.Rows); // "2" waits for "1"
        Assert.True(claimed.AreSomeLeft);
        var again = await _inbox.CommitAsync([Delivery("1", "a"), Delivery("4", "b")], Lease, Ct);
        Assert.Equal([DeliveryOutcome.Duplicate, DeliveryOutcome.Stored], again.Select(d => d.Outcome));
        Assert.Equal(new WebhookId("c", "4"), again[1].Leased!.Webhook); // "3" is ignored, so that nobody works on "b"

        Assert.True(await _leases.ParkAsync(leased, InboxState.Failed, "enough", null, Ct));
        claimed = await _leases.ClaimAsync(10, Lease, Ct);
        Assert.Equal("2", Assert.Single(claimed.Rows).Webhook.Event);
        Assert.False(claimed.AreSomeLeft);
    }

    [Fact]
    public async Task Without_room_nothing_is_leased()
    {
        var stored = Assert.Single(await _inbox.CommitAsync([Delivery("1", "a")], lease: null, Ct));
        Assert.Equal(new(DeliveryOutcome.Stored), stored);
        Assert.Equal("1", Assert.Single((await _leases.ClaimAsync(10, Lease, Ct)).Rows).Webhook.Event);
    }

    [Fact]
    public async Task A_lease_that_came_with_its_row_runs_out_too()
    {
        var leased = (await _inbox.CommitAsync([Delivery("1", "a")], TimeSpan.FromMilliseconds(1), Ct))[0].Leased!;
        ClaimedWebhooks claimed = null!;
        await Eventually.TrueAsync(async () => (claimed = await _leases.ClaimAsync(10, Lease, Ct)).Rows.Count == 1, "the lease has run out", Ct);
        Assert.NotEqual(leased.Token, claimed.Rows[0].Token);
        Assert.False(await _leases.ParkAsync(leased, InboxState.Failed, "late", null, Ct));
    }

    /// <summary>Three processes: their intakes get some events twice, their workers claim, and each row that one of them holds is worked to its end.</summary>
    [Fact]
    public async Task Of_many_processes_each_row_is_worked_by_one_and_of_an_object_one_row_at_a_time()
    {
        const int Events = 120, Objects = 12;
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var held = new HashSet<string>();
        var worked = new List<string>();
        await Task.WhenAll(Enumerable.Range(0, 3).Select(process => Task.Run(async () =>
        {
#pragma warning disable RS0030 // seeded: a failed run can be repeated
            var random = new Random(HashCode.Combine(seed, process));
#pragma warning restore RS0030
            for (var next = 0; next < Events; next += 8)
            {
                WebhookDelivery[] batch = [.. Enumerable.Range(next, 8).Where(n => n % 3 == process || random.Next(4) == 0).Select(n => Delivery($"{n:000}", $"{n % Objects}"))];
                var delivered = await CommitAsync(batch, random.Next(4) == 0 ? null : Lease);
                await WorkAsync([.. delivered.Select(d => d.Leased).OfType<LeasedWebhook>()]);
                if (random.Next(3) == 0) await WorkAsync((await _leases.ClaimAsync(4, Lease, Ct)).Rows);
            }
        }, Ct)));
        ClaimedWebhooks rest;
        while ((rest = await _leases.ClaimAsync(50, Lease, Ct)).Rows.Count > 0) await WorkAsync(rest.Rows);
        Assert.False(rest.AreSomeLeft);
        Assert.Equal(Enumerable.Range(0, Events).Select(n => $"{n:000}"), worked.Order());

        async Task WorkAsync(IReadOnlyList<LeasedWebhook> rows)
        {
            lock (held) Assert.All(rows, row => Assert.True(held.Add(row.Object.Id), $"{row.Object.Id} is worked on by two"));
            await Task.Yield();
            foreach (var row in rows)
            {
                lock (held)
                {
                    held.Remove(row.Object.Id);
                    worked.Add(row.Webhook.Event);
                }

                Assert.True(await _leases.ParkAsync(row, InboxState.Failed, "done", null, Ct));
            }
        }
    }

    /// <summary>As a commit lane does: a batch that PostgreSQL rolled back in favour of another goes again.</summary>
    private async Task<IReadOnlyList<Delivered>> CommitAsync(WebhookDelivery[] batch, TimeSpan? lease)
    {
        while (true)
        {
            try
            {
                return await _inbox.CommitAsync(batch, lease, Ct);
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.DeadlockDetected)
            {
                output.WriteLine("rolled back in favour of another");
            }
        }
    }

    private static WebhookDelivery Delivery(string id, string thing, bool ignored = false, string body = "body") => new(
        new("c", id), "acme", "report.updated", new("report", thing), SHA256.HashData(Encoding.UTF8.GetBytes(body)), [1], null,
        DateTimeOffset.UnixEpoch, ignored ? "of no interest" : null, outcome => new AuditEntry
        {
            Id = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()),
            Timestamp = DateTimeOffset.UnixEpoch,
            TenantId = "acme",
            UserId = "vendor:checkr",
            UserRole = "vendor",
            Action = AuditAction.WebhookReceived,
            Resource = "webhooks",
            Details = $"\"{outcome}\"",
            Success = true,
        });
}
