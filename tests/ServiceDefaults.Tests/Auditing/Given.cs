using System.Collections.Immutable;
using ComplianceGrid.Audit;
using ComplianceGrid.ServiceDefaults.Auditing.Spooling;
using ComplianceGrid.ServiceDefaults.Auditing.Trail;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.ServiceDefaults.Tests.Auditing;

internal static class Given
{
    private static int _number;

    public static AuditEntry Entry(string tenant = "acme", string user = "kim", DateTimeOffset? at = null, AuditAction action = AuditAction.Read, bool success = true)
    {
        var instant = at ?? TimeProvider.System.GetUtcNow();
        return new()
        {
            Id = Guid.CreateVersion7(instant),
            Timestamp = instant,
            TenantId = tenant,
            UserId = user,
            UserRole = "none",
            Action = action,
            Resource = "employees",
            RequestId = $"{Interlocked.Increment(ref _number)}",
            Details = """{"status":200}""",
            PersonId = "p",
            Personal = """{"query":"PII-MARKER"}""",
            Success = success,
            ErrorCode = success ? null : "GRID-1007",
        };
    }

    public static ImmutableArray<AuditEntry> Entries(int count, string tenant = "acme") => [.. Enumerable.Range(0, count).Select(_ => Entry(tenant))];

    public static Spool Spool(string folder, TimeProvider? clock = null, long maxBytes = 64 << 20, int segmentBytes = 64 << 10) =>
        new(Options.Create(new SpoolOptions { Directory = folder, MaxBytes = maxBytes, SegmentBytes = segmentBytes }), clock ?? TimeProvider.System, NullLogger<Spool>.Instance);
}

/// <summary>A folder that goes with the test.</summary>
internal sealed class Folder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("spool-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);

    public IEnumerable<string> Files(string pattern) => Directory.EnumerateFiles(Path, pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal);
}

/// <summary>A store that keeps to the contract: each id once, in the order of its first coming; fails, hangs or refuses as told.</summary>
internal sealed class Store : IAuditSink
{
    private readonly Lock _gate = new();
    private readonly List<AuditEntry> _entries = [];
    private readonly HashSet<Guid> _ids = [];

    public int Lanes => 2;
    public bool Fails { get; set; }
    public TaskCompletionSource? Hangs { get; set; }
    public HashSet<string> Refuses { get; } = [];
    public int Calls { get; private set; }
    public int Repeats { get; private set; }

    public List<AuditEntry> Entries
    {
        get
        {
            lock (_gate) return [.. _entries];
        }
    }

    public int LaneOf(string tenant) => tenant.Length % 2;

    public async Task<IReadOnlyCollection<string>> AppendAsync(int lane, ImmutableArray<AuditEntry> entries, CancellationToken ct)
    {
        lock (_gate) Calls++;
        if (Hangs is { } hangs) await hangs.Task.WaitAsync(ct);
        if (Fails) throw new GridException(GridError.Unavailable, "away");
        lock (_gate)
        {
            foreach (var entry in entries.Where(entry => !Refuses.Contains(entry.TenantId)))
                if (_ids.Add(entry.Id)) _entries.Add(entry);
                else Repeats++;
            return [.. entries.Select(entry => entry.TenantId).Where(Refuses.Contains).Distinct()];
        }
    }

    public SpoolDrain Drain(Spool spool, TimeProvider? clock = null, int batch = 100) =>
        new(spool, this, new() { BatchSize = batch }, clock ?? TimeProvider.System, _ => { });
}
