using ComplianceGrid.Audit;
using ComplianceGrid.ServiceDefaults.Auditing.Trail;
using ComplianceGrid.ServiceDefaults.Loops;
using Microsoft.Extensions.Logging;

namespace ComplianceGrid.ServiceDefaults.Auditing.Refusals;

/// <summary>Writes the entries of minutes that are over; on the way out, of all.</summary>
internal sealed class RefusalLoop(RefusalLedger ledger, AuditTrail trail, Spooling.Spool spool, TimeProvider time, ILogger<RefusalLoop> log)
    : GridLoop(LoopName, TimeSpan.FromSeconds(1), time, log)
{
    public const string LoopName = "refusal-audit";

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await WriteAsync(all: true);
    }

    internal Task<bool> RunStepAsync(CancellationToken ct) => StepAsync(ct);

    protected override async Task<bool> StepAsync(CancellationToken ct)
    {
        if (ledger.Journal.Left.Count > 0)
        {
            await WriteAsync(TallyJournal.Entries(spool, ledger.Journal.Left));
            ledger.Journal.RemoveLeft();
        }

        await WriteAsync(all: false);
        return false;
    }

    private async Task WriteAsync(bool all)
    {
        var due = ledger.Due(all);
        if (due.Count == 0) return;
        await WriteAsync([.. due.Select(tally => tally.Close().ToEntry())]);
        ledger.Remove(due);
    }

    private async Task WriteAsync(List<AuditEntry> entries)
    {
        foreach (var tenant in entries.GroupBy(entry => entry.TenantId)) await trail.WriteAsync([.. tenant], isProtected: true);
    }
}
