using System.Text;
using ComplianceGrid.Audit;
using ComplianceGrid.ServiceDefaults.Auditing.Spooling;
using ComplianceGrid.SpoolWriter;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

// Arguments: folder, bytes of a segment, callers, and optionally a number of entries: when so many are durable, the next sync is its
// death. Spools for ever, and prints the id of each entry that is durable.
var options = new SpoolOptions { Directory = args[0], SegmentBytes = int.Parse(args[1], null), MaxBytes = 1L << 30 };
using var spool = new Spool(Options.Create(options), TimeProvider.System, NullLogger<Spool>.Instance);
var untilTrap = args.Length > 3 ? int.Parse(args[3], null) : -1;
await using var acknowledged = Console.OpenStandardOutput(); // unbuffered: what was written outlives the process
await Task.WhenAll(Enumerable.Range(0, int.Parse(args[2], null)).Select(caller => Task.Run(async () =>
{
    while (true)
    {
        var now = TimeProvider.System.GetUtcNow();
        var entry = new AuditEntry
        {
            Id = Guid.CreateVersion7(now),
            Timestamp = now,
            TenantId = "acme",
            UserId = $"caller-{caller}",
            UserRole = "none",
            Action = AuditAction.Read,
            Resource = "employees",
            Success = true,
        };
        await spool.AppendAsync([entry]);
        acknowledged.Write(Encoding.ASCII.GetBytes($"{entry.Id:D}\n"));
        if (Interlocked.Decrement(ref untilTrap) == 0) SyncTrap.Set();
    }
})));
