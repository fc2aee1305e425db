using System.Collections.Concurrent;
using ComplianceGrid.Audit;
using ComplianceGrid.Storage.Audit.Ledger;
using ComplianceGrid.Storage.Audit.Personal;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ComplianceGrid.Storage.Audit;

/// <summary>The audit database as <c>grid_audit_writer</c>, which can neither update nor delete.</summary>
internal sealed class AuditStore(NpgsqlDataSource source, PersonalDetails details, ILogGuard guard, TimeProvider time, ILogger<AuditStore> logger)
    : IAuditStore, IDisposable
{
    private const string Ahead = "SELECT audit.ensure_partitions($1)";

    private readonly Partitions _partitions = new();
    private readonly ConcurrentDictionary<int, LedgerWriter> _writers = new();

    public async Task<AppendOutcome> AppendAsync(int shard, IReadOnlyList<AuditEntry> entries, CancellationToken ct = default)
    {
        if (entries.Count == 0) return new(0, []);
        var sealedDetails = await details.SealAsync(entries, ct);
        return await WriterOf(shard).AppendAsync([.. entries.Select((entry, n) => LedgerEntry.Of(entry, sealedDetails[n]))], ct);
    }

    public ValueTask<string?[]> OpenAsync(string tenant, IReadOnlyList<SealedPersonal> sealedDetails, CancellationToken ct = default) =>
        details.OpenAsync(tenant, sealedDetails, ct);

    public async Task EnsurePartitionsAsync(int monthsAhead, CancellationToken ct = default)
    {
        await using var command = source.CreateCommand(Ahead);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = monthsAhead });
        await command.ExecuteNonQueryAsync(ct);
    }

    public void Dispose()
    {
        foreach (var writer in _writers.Values) writer.Dispose();
    }

    private LedgerWriter WriterOf(int shard) => _writers.GetOrAdd(shard, static (_, store) => store.NewWriter(), this);

    private LedgerWriter NewWriter() => new(source, _partitions, guard, time, logger);
}
