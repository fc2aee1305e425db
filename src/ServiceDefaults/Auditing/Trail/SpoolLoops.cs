using ComplianceGrid.Audit;
using ComplianceGrid.ServiceDefaults.Auditing.Refusals;
using ComplianceGrid.ServiceDefaults.Auditing.Spooling;
using ComplianceGrid.ServiceDefaults.Loops;
using Microsoft.Extensions.Logging;

namespace ComplianceGrid.ServiceDefaults.Auditing.Trail;

/// <summary>Empties the spool while the store answers.</summary>
internal sealed class SpoolDrainLoop(AuditTrail trail, TimeProvider time, ILogger<SpoolDrainLoop> log)
    : GridLoop(LoopName, TimeSpan.FromMilliseconds(50), time, log)
{
    public const string LoopName = "audit-spool";

    protected override Task<bool> StepAsync(CancellationToken ct) => trail.Drain.StepAsync(ct);
}

/// <summary>
/// Takes over what a process that is gone left on this machine, into our own spool: its slot is free, and nobody may start in it for long.
/// </summary>
internal sealed class SiblingLoop(Spool spool, TimeProvider time, ILogger<SiblingLoop> log)
    : GridLoop(LoopName, TimeSpan.FromSeconds(15), time, log)
{
    public const string LoopName = "audit-spool-siblings";
    private const int AtOnce = 500;

    public override TimeSpan Patience => TimeSpan.FromMinutes(2);

    protected override async Task<bool> StepAsync(CancellationToken ct)
    {
        foreach (var path in spool.Slot.Siblings())
        {
            using var slot = SpoolSlot.TryTake(path);
            if (slot is not null) await AdoptAsync(slot, ct);
        }

        return false;
    }

    private async Task AdoptAsync(SpoolSlot slot, CancellationToken ct)
    {
        foreach (var file in slot.Files("*" + Spool.Suffix)) await AdoptAsync(file, spool.Read(file), ct);
        foreach (var file in slot.Files("*" + TallyJournal.Suffix).ToList()) await AdoptAsync(file, TallyJournal.Entries(spool, [file]), ct);
    }

    private async Task AdoptAsync(string file, List<AuditEntry> entries, CancellationToken ct)
    {
        foreach (var part in entries.Chunk(AtOnce))
        {
            ct.ThrowIfCancellationRequested();
            await spool.AppendAsync(part);
        }

        File.Delete(file);
    }
}
