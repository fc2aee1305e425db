using ComplianceGrid.Audit;
using ComplianceGrid.Storage.Audit.Ledger;
using ComplianceGrid.Storage.Audit.Search;
using ComplianceGrid.Storage.Projections.Reads;
using ComplianceGrid.TestKit;
using CsCheck;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace ComplianceGrid.Api.Tests.AuditLog;

/// <summary>Two tenants' logs over four months, written by the ledger's own writer and read as <c>grid_auditor</c>.</summary>
public sealed class SearchFixture : IAsyncLifetime
{
    internal const string Large = "acme";
    internal const string Small = "globex";
    private const int Batch = 100;

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2025, 3, 10, 8, 0, 0, TimeSpan.Zero));
    private NpgsqlDataSource? _writer;
    private LedgerWriter? _ledger;
    private ServiceProvider? _services;

    internal GridDatabase Database { get; private set; } = null!;
    internal List<Stored> All { get; } = [];
    internal T Get<T>() where T : notnull => _services!.GetRequiredService<T>();

    /// <summary>An entry and where it must be.</summary>
    internal sealed record Stored(AuditEntry Entry, DateTimeOffset CreatedAt, long Leaf);

    public async ValueTask InitializeAsync()
    {
        Database = await GridDatabase.CreateAsync(CancellationToken.None);
        _writer = NpgsqlDataSource.Create(Database.Audit(GridRole.AuditWriter));
        _ledger = new LedgerWriter(_writer, new Partitions(), new OpenLogGuard(), _time, NullLogger.Instance);
        _services = new ServiceCollection().AddGridReads(Database.Grid(GridRole.Api)).AddAuditReads(Database.Audit(GridRole.Auditor)).BuildServiceProvider();
        var entries = Entries.Array[Batch].Array[60].Single(_ => true, seed: "0000KOIPe036");
        foreach (var batch in entries)
        {
            await AppendAsync(batch);
            _time.Advance(TimeSpan.FromHours(47));
        }

        await using var owner = NpgsqlDataSource.Create(Database.Audit(GridRole.Superuser));
        await using var analyze = owner.CreateCommand("ANALYZE audit.audit_log");
        await analyze.ExecuteNonQueryAsync();
    }

    internal async Task AppendAsync(params AuditEntry[] entries)
    {
        entries = [.. entries.Select(entry => entry with { Timestamp = _time.GetUtcNow() })];
        await _ledger!.AppendAsync([.. entries.Select(entry => LedgerEntry.Of(entry, null))], CancellationToken.None);
        foreach (var entry in entries) All.Add(new(entry, _time.GetUtcNow(), All.Count(stored => stored.Entry.TenantId == entry.TenantId)));
    }

    public async ValueTask DisposeAsync()
    {
        if (_services is not null) await _services.DisposeAsync();
        _ledger?.Dispose();
        if (_writer is not null) await _writer.DisposeAsync();
        if (Database is not null) await Database.DisposeAsync();
    }

    internal static readonly string[] Users = ["kim", "sam", "system:grid", "vendor:checkr", "ana maría"];
    internal static readonly AuditAction[] Actions = [AuditAction.Read, AuditAction.Update, AuditAction.LoginFailed, AuditAction.Export];
    internal static readonly string[] Resources = ["employees", "orders", "sessions"];
    internal static readonly string[] Addresses = ["203.0.113.7", "2001:db8::1", "198.51.100.4"];
    internal static readonly string[] Records = [.. Enumerable.Range(0, 20).Select(n => new Guid(n, 0, 0, new byte[8]).ToString())];
    internal static readonly string[] Requests = [.. Enumerable.Range(0, 200).Select(n => $"{n:x32}")];

    // Rare users are what a search is for.
    private static readonly Gen<AuditEntry> Entries =
        from tenant in Pick.From(Large, Large, Large, Large, Large, Large, Large, Large, Small)
        from id in Gen.Guid
        from user in Gen.Int[0, 100].SelectMany(n => n == 0 ? Pick.From("rare") : Pick.From(Users))
        from action in Pick.From(Actions)
        from resource in Pick.From(Resources)
        from record in Pick.Maybe(3, Records)
        from address in Pick.Maybe(2, Addresses)
        from request in Pick.Maybe(2, Requests)
        from success in Pick.From(true, true, true, true, true, true, true, false)
        select new AuditEntry
        {
            Id = id,
            Timestamp = default,
            TenantId = tenant,
            UserId = user,
            UserRole = "Supervisor",
            Action = action,
            Resource = resource,
            ResourceId = record,
            IpAddress = address,
            RequestId = request,
            Success = success,
        };
}

[CollectionDefinition(Name)]
public sealed class SearchCollection : ICollectionFixture<SearchFixture>
{
    public const string Name = "audit search";
}
